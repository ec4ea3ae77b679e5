/** Files with texts for people that are still English in every language. It may only become shorter. */
export const notTranslated: readonly string[] = [
];
