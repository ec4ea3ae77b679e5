import { failure, success } from '../../core/result';
import type { LandmarkLibrary } from '../services/landmark-library';
import type { LandmarkKeeper } from './benchmarks';

/** Keeps what benchmarks measure in the user's own landmarks. */
export function createLandmarkKeeper(library: LandmarkLibrary): LandmarkKeeper {
  const find = (source: string) => library.entries.find(({ landmark }) => landmark.source === source);
  return {
    save: async (landmark) => {
      await library.ready;
      // One measurement is one landmark, also where a collection was cut off after saving it.
      if (find(landmark.source)) return success(undefined);
      const added = await library.add([landmark]);
      return added.ok ? success(undefined) : added;
    },
    accept: async (source) => {
      await library.ready;
      const entry = find(source);
      if (!entry) return failure('invalid-request', 'The landmark is not there any more. Measure it again.');
      return await library.judge([entry], { verdict: 'accepted' });
    },
  };
}
