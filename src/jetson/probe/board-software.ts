import type { BoardSoftware } from '../../core/landmarks/measurement';
import type { TensorrtReport, TorchReport } from './board-report';
import { boardSentence } from '../connection/board-text';
import type { ProbeSections } from './probe-sections';

/** What is installed on the board, and where TensorRT was found. */
export function readSoftware(sections: ProbeSections): {
  readonly software: BoardSoftware;
  readonly tensorrt: TensorrtReport;
  readonly torch: TorchReport;
} {
  const packages = installedPackages(sections.lines('packages'));
  const tensorrt = readTensorrt(sections, packages);
  const l4t = l4tOfRelease(sections.value('identity', 'l4t')) ?? upstreamVersion(packages.get('nvidia-l4t-core'));
  return {
    software: {
      l4t,
      jetpack: upstreamVersion(packages.get('nvidia-jetpack')) ?? jetpackOf(l4t),
      tensorrt: tensorrt.pythonModule ?? tensorrt.packageVersion ?? tensorrt.libraryVersion ?? tensorrt.trtexecVersion,
      cuda: cudaVersion(sections, packages),
      torch: version(sections.value('python', 'torch')),
      python: version(sections.value('python', 'version')),
    },
    tensorrt,
    torch: { cuda: version(sections.value('python', 'torchCuda')) },
  };
}

/** JetPack by L4T release, as NVIDIA's JetPack archive lists them; from 35.6.1 on also meta-tegra and jetson_stats 7.2. */
const jetpacks: Readonly<Record<string, string>> = {
  '32.4.2': '4.4 DP',
  '32.4.3': '4.4',
  '32.4.4': '4.4.1',
  '32.5': '4.5',
  '32.5.1': '4.5.1',
  '32.5.2': '4.5.1',
  '32.6.1': '4.6',
  '32.7.1': '4.6.1',
  '32.7.2': '4.6.2',
  '32.7.3': '4.6.3',
  '32.7.4': '4.6.4',
  '32.7.5': '4.6.5',
  '32.7.6': '4.6.6',
  '34.1': '5.0 DP',
  '34.1.1': '5.0.1 DP',
  '35.1': '5.0.2',
  '35.2.1': '5.1',
  '35.3.1': '5.1.1',
  '35.4.1': '5.1.2',
  '35.5': '5.1.3',
  '35.6': '5.1.4',
  '35.6.1': '5.1.5',
  '35.6.2': '5.1.5',
  '35.6.3': '5.1.5',
  '35.6.4': '5.1.6',
  '36.2': '6.0 DP',
  '36.3': '6.0',
  '36.4': '6.1',
  '36.4.3': '6.2',
  '36.4.4': '6.2.1',
  '36.4.7': '6.2.1',
  '36.5': '6.2.2',
  '36.5.2': '6.2.3',
  '38.2': '7.0',
  '38.2.1': '7.0',
  '38.2.2': '7.0',
  '38.4': '7.1',
  '39.0': '7.2 EA',
  '39.2': '7.2',
  '39.2.1': '7.2.1',
};

function jetpackOf(l4t: string | null): string | null {
  return l4t === null ? null : (jetpacks[l4t.replace(/^(\d+\.\d+)\.0$/, '$1')] ?? null);
}

/** `# R32 (release), REVISION: 7.1, GCID: …` is 32.7.1. */
function l4tOfRelease(line: string | null): string | null {
  const found = /R(\d{1,3}) \(release\), REVISION: (\d{1,3}(?:\.\d{1,3}){0,2})/.exec(line ?? '');
  return found ? `${found[1]}.${found[2]}` : null;
}

function readTensorrt(sections: ProbeSections, packages: ReadonlyMap<string, string>): TensorrtReport {
  const pythonModule = version(sections.value('pythonTensorrt', 'tensorrt'));
  const [trtexec] = sections.lines('trtexec');
  const package_ = [...packages].find(([name]) => /^libnvinfer\d+$/.test(name));
  const libraries = sections
    .lines('libnvinfer')
    .flatMap((name) => /^libnvinfer\.so\.(\d+\.\d+[\d.]*)$/.exec(name)?.[1] ?? []);
  return {
    pythonModule,
    pythonError: pythonModule === null ? boardSentence(sections.lines('pythonTensorrt')[0] ?? '', 200) || null : null,
    packageVersion: upstreamVersion(package_?.[1]),
    libraryVersion: version(libraries.sort((a, b) => b.length - a.length)[0] ?? null),
    trtexec: trtexec ?? null,
    trtexecVersion: trtexecVersion(sections.lines('trtexecBanner')),
  };
}

/** `[TensorRT v8201]` is 8.2.1, `[TensorRT v100300]` is 10.3.0; 7.1 does not say. */
function trtexecVersion(banner: readonly string[]): string | null {
  const digits = /\[TensorRT v(\d{4,6})\]/.exec(banner.join('\n'))?.[1];
  if (digits === undefined) return null;
  const perMajor = digits.length > 4 ? 10_000 : 1000;
  const number = Number(digits);
  return [Math.floor(number / perMajor), Math.floor((number % perMajor) / 100), number % 100].join('.');
}

function cudaVersion(sections: ProbeSections, packages: ReadonlyMap<string, string>): string | null {
  const file = sections.lines('cuda').join('\n');
  const inJson = /"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]{1,20})"/.exec(file)?.[1];
  const inText = /CUDA Version ([\d.]{1,20})/.exec(file)?.[1];
  const package_ = [...packages].find(([name]) => name.startsWith('cuda-cudart-'));
  return version(inJson ?? inText ?? null) ?? upstreamVersion(package_?.[1]);
}

/** Lines `ii  libnvinfer8 8.2.1-1+cuda10.2`; packages that were removed start with other letters. */
function installedPackages(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = lines.flatMap((line) => {
    const parts = /^ii\s+(\S{1,100})\s+(\S{1,100})$/.exec(line);
    return parts ? [[parts[1]!, parts[2]!] as const] : [];
  });
  return new Map(found);
}

/** A Debian version without its revision and build: 8.2.1 of `8.2.1-1+cuda10.2`. */
function upstreamVersion(debianVersion: string | undefined): string | null {
  return version(/^(?:\d+:)?(\d[\d.]*)/.exec(debianVersion ?? '')?.[1] ?? null);
}

/** What looks like a version; null otherwise. */
function version(text: string | null): string | null {
  return text !== null && /^\d{1,5}(\.\w{1,12}){0,5}([+-][\w.+-]{0,40})?$/.test(text) ? text : null;
}
