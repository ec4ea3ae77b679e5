import { t } from '../language';
import type { BuiltGraph, InputImages } from './graph-builder';

/** What a reference model reads and answers. */
export interface ReferenceSize extends InputImages {
  readonly classes: number;
}

/** Settings of a family's member by the option's name. */
export type Settings = Readonly<Record<string, Setting>>;

export type Setting = number | string | readonly number[];

/** One choice that a family leaves open. */
export type ZooOption = NumberOption | ChoiceOption | LayoutOption;

interface OptionBase {
  /** As on the command line, e.g. `width`. */
  readonly name: string;
  /** A phrase for people, in the language of the moment. */
  readonly description: () => string;
}

export interface NumberOption extends OptionBase {
  readonly kind: 'number';
  readonly initial: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole: boolean;
}

export interface ChoiceOption extends OptionBase {
  readonly kind: 'choice';
  readonly initial: string;
  readonly choices: readonly string[];
}

/** A list of whole numbers, such as the blocks per stage. */
export interface LayoutOption extends OptionBase {
  readonly kind: 'layout';
  readonly initial: readonly number[];
  /** How many numbers it has. */
  readonly length: number;
  readonly maximum: number;
}

/** A multiplier of widths, 1 as published. */
export function multiplier(name: string, description: () => string, minimum = 0.05, maximum = 4): NumberOption {
  return {
    kind: 'number',
    name,
    description,
    initial: 1,
    minimum,
    maximum,
    whole: false,
  };
}

export function choice(
  name: string,
  description: () => string,
  initial: string,
  choices: readonly string[],
): ChoiceOption {
  return {
    kind: 'choice',
    name,
    description,
    initial,
    choices,
  };
}

/** Of networks that describe faces. */
export const embeddingOption: ZooOption = {
  kind: 'number',
  name: 'embedding',
  description: () => t('numbers that a face is described by'),
  initial: 512,
  minimum: 1,
  maximum: 8192,
  whole: true,
};

/** Layers or blocks in each of the stages. */
export function layoutOption(description: () => string, initial: readonly number[]): LayoutOption {
  return {
    kind: 'layout',
    name: 'layout',
    description,
    initial,
    length: initial.length,
    maximum: 100,
  };
}

/** An architecture family that reference models can be built of. */
export interface ZooFamily {
  /** The name under which Framecast recognises the family. */
  readonly name: string;
  readonly options: readonly ZooOption[];
  /** Side in pixels of the square input that the members are published for; 224 where undefined. */
  readonly resolution?: number;
  /** The paper, and the implementation whose parameters and layers the members equal. */
  readonly source: () => string;
  /**
   * Builds a member; every option is set and within its bounds.
   *
   * Throws `Unbuildable` where the images or the combination of settings do not suit the architecture.
   */
  readonly build: (settings: Settings, size: ReferenceSize) => BuiltGraph;
  /**
   * What a search for the member that meets a target varies: every combination of one entry of each axis is a member.
   * Empty for a family of one.
   */
  readonly axes: readonly (readonly Settings[])[];
}

export function numberSetting(settings: Settings, name: string): number {
  return settings[name] as number;
}

export function textSetting(settings: Settings, name: string): string {
  return settings[name] as string;
}

export function listSetting(settings: Settings, name: string): readonly number[] {
  return settings[name] as readonly number[];
}

/** Numbers from `first` to `last` in equal steps, without the noise of binary fractions. */
export function steps(first: number, last: number, step: number): readonly number[] {
  const count = Math.round((last - first) / step) + 1;
  return Array.from({ length: count }, (_, index) => Number((first + index * step).toFixed(6)));
}
