import { readFile } from 'node:fs/promises';
import { bundledLandmarks } from '../core/landmarks/campaigns';
import { parseLandmarkLines } from '../core/landmarks/landmark-lines';
import { withOwnLandmarks } from '../core/landmarks/landmark-set';
import type { Landmark } from '../core/landmarks/landmark';
import { failure, success, type Result } from '../core/result';

export interface LoadedLandmarks {
  readonly landmarks: readonly Landmark[];
  /** A sentence for each line that was left out. */
  readonly problems: readonly string[];
}

/** The bundled landmarks with those of a JSON Lines file beside them. Failure code: unreadable. */
export async function loadLandmarks(file: string | undefined): Promise<Result<LoadedLandmarks>> {
  if (file === undefined) return success({ landmarks: bundledLandmarks, problems: [] });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : code;
    return failure('unreadable', `The landmarks file ${file} cannot be read: ${why}. Check the path.`);
  }
  const { lines, broken } = parseLandmarkLines(text);
  const { landmarks, foreign } = withOwnLandmarks(lines.map((line) => line.landmark));
  const problems = [
    ...broken,
    ...lines
      .filter(({ landmark }) => foreign.includes(landmark))
      .map(({ line, landmark }) => ({
        line,
        reason: `Campaign ${landmark.campaign} is a published one without this row; give your own measurements a campaign name of their own.`,
      })),
  ].sort((a, b) => a.line - b.line);
  return success({
    landmarks,
    problems: problems.map(({ line, reason }) => `${file}, line ${line} is left out: ${reason}`),
  });
}
