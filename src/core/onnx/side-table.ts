/**
 * What the walk learns about a message and onnx-proto's classes cannot hold: where a payload lies, and fields newer
 * than onnx-proto's schema. The walk drops every doc_string, so a noted message carries the ordinal of its note there.
 */
export interface Note {
  /** TensorProto: where its content starts in the file, and how many bytes of content there are. */
  payload?: { offset: number; bytes: number; encoding?: 'varint' | 'scattered' };
  /** TensorProto: content was left out because there is too much of it. */
  payloadOmitted?: boolean;
  /** TensorProto: length of raw_data. */
  rawBytes?: number;
  /** AttributeProto: number of elements (or bytes of a string) of a value that was left out as too long. */
  omittedElements?: number;
  /** NodeProto, FunctionProto. */
  overload?: string;
  /** FunctionProto: its attribute_proto messages, each an AttributeProto. */
  attributeDefaults?: Uint8Array[];
}

export type SideTable = readonly Note[];

const nothing: Note = {};

/** The note of a decoded message, by its doc_string; empty where nothing was noted. */
export function noteOf(table: SideTable, docString: string): Note {
  return (docString !== '' && table[Number(docString)]) || nothing;
}
