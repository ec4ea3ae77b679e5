/** Python modules are imported as their text: esbuild's `text` loader in bundles, a plugin in tests. */
declare module '*.py' {
  const text: string;
  export default text;
}
