/**
 * What every page and the extension say to each other. What comes from a page (its messages and the state it keeps) is
 * validated with schemas; what the extension sends is its own, and typed from the core.
 */
import * as v from 'valibot';
import type { Runtime } from '../core/landmarks/landmark';
import { copyCsvMessage, savePngMessage, saveSvgMessage } from './chart-export';

/** Highest side in pixels and highest batch that can be asked for. */
export const maxPixels = 16_384;
export const maxBatch = 1024;

export const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

/** An array that stays as it is, as in the core's types. */
export const list = <Item extends v.GenericSchema>(item: Item, max: number) =>
  v.pipe(v.array(item), v.maxLength(max), v.readonly());

const runtimes: Readonly<Record<Runtime, true>> = {
  'tensorrt-fp16': true,
  'tensorrt-fp32': true,
  'tensorrt-int8': true,
  'pytorch-fp16': true,
  'pytorch-fp32': true,
};

export const runtimeSchema = v.picklist(Object.keys(runtimes) as Runtime[]);

/** The device, its power mode and the runtime that a page predicts for; without a mode the fastest. */
export const choiceSchema = v.object({ device: text(200), runtime: runtimeSchema, powerMode: v.optional(text(100)) });

export const wholeUpTo = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max));

const imageSchema = v.object({ height: wholeUpTo(maxPixels), width: wholeUpTo(maxPixels) });

/** The size that the user asks for, of the image in pixels; null is the model's own. */
export const sizeSchema = v.object({ image: v.nullable(imageSchema), batch: v.nullable(wholeUpTo(maxBatch)) });

export type Choice = Readonly<v.InferOutput<typeof choiceSchema>>;
export type Size = Readonly<v.InferOutput<typeof sizeSchema>>;

/** The model's own size. */
export const ownSize: Size = { image: null, batch: null };

/** What a page that predicts keeps over a reload; `choice` is null while it follows the settings. */
export const keptChoice = v.fallback(v.nullable(choiceSchema), null);
export const keptSize = v.fallback(sizeSchema, ownSize);

/** The user wants predictions at another resolution or batch. */
export const resizeMessage = v.object({ type: v.literal('resize'), size: sizeSchema });

/** Messages that every page can send; the page host answers all but the first by itself. */
export const commonMessages = v.variant('type', [
  /** The page listens. `state` is what it kept over a reload; undefined if it is new. */
  v.object({ type: v.literal('ready'), state: v.optional(v.unknown()) }),
  /** The user wants predictions for another device or runtime. */
  v.object({ type: v.literal('choose'), choice: choiceSchema }),
  /** The user wants to set or change the target. */
  v.object({ type: v.literal('setTarget') }),
  savePngMessage,
  saveSvgMessage,
  copyCsvMessage,
]);

export type CommonMessage = v.InferOutput<typeof commonMessages>;

/** What every page can be sent: something failed, and the page must not go on waiting for it. */
export interface ErrorMessage {
  readonly type: 'error';
  /** A sentence for the user. */
  readonly sentence: string;
}

interface Typed {
  readonly type: string;
}

/** The types of a page: what it sends besides the common messages, what it keeps over a reload, and what it is sent. */
export interface AnyPage {
  readonly message: Typed;
  readonly state: unknown;
  readonly host: Typed;
}

/** A page by the schemas of its messages and its state. */
export interface Page<Messages extends v.GenericSchema, State extends v.GenericSchema, Host> {
  readonly message: v.InferOutput<Messages>;
  readonly state: Readonly<v.InferOutput<State>>;
  readonly host: Host;
}

/** Sends a message of a page to the extension. */
export type Post<P extends AnyPage> = (message: P['message'] | CommonMessage) => void;

/** One function for each type of message. */
export type Receivers<Message extends Typed> = {
  readonly [Type in Message['type']]: (message: Extract<Message, { type: Type }>) => void | Promise<void>;
};

/** Calls the function for the message, whose type has been validated or comes from the extension. */
export function receiveBy<Message extends Typed>(
  receivers: Receivers<Message>,
  message: Message,
): void | Promise<void> {
  const receive = receivers[message.type as Message['type']] as (message: Message) => void | Promise<void>;
  return receive(message);
}

/** A device that can be chosen, with what runs models on it. */
export interface DeviceOption {
  readonly id: string;
  readonly name: string;
  readonly runtimes: readonly RuntimeOption[];
  /** Fastest first; none if they are not known. */
  readonly powerModes: readonly PowerModeOption[];
}

/** A runtime on a device. One that the device's GPU has no arithmetic for is offered to nobody, and its name says so. */
export interface RuntimeOption {
  readonly id: Runtime;
  readonly name: string;
  readonly isSupported: boolean;
}

export interface PowerModeOption {
  /** As `nvpmodel` names it. */
  readonly id: string;
  /** With its clock. */
  readonly name: string;
}

/** The device and runtime of a page's predictions, as the extension sends them. */
export interface ShownChoice {
  /** Device and runtime that the page shows. */
  readonly choice: Choice;
  /** Whether that is what the settings say. */
  readonly choiceIsDefault: boolean;
  /** What was chosen on the page, for it to keep; its device may not be known (yet). Null follows the settings. */
  readonly chosen: Choice | null;
  readonly devices: readonly DeviceOption[];
}

/** Validates data from a page; null if it does not match. */
export function parse<Schema extends v.GenericSchema>(schema: Schema, data: unknown): v.InferOutput<Schema> | null {
  const result = v.safeParse(schema, data);
  return result.success ? result.output : null;
}

/** What a page kept over a reload. Every field of the schema has a fallback, which is also used if nothing was kept. */
export function parseState<Schema extends v.GenericSchema>(schema: Schema, data: unknown): v.InferOutput<Schema> {
  return parse(schema, data) ?? v.parse(schema, {});
}
