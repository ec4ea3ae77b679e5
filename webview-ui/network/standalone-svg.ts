/** Properties of a drawn shape that the style sheet decides. */
const styled = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'font-weight',
] as const;

/** The whole picture as an SVG file that needs no style sheet, in the colours of the theme. */
export function standaloneSvg(
  drawn: SVGSVGElement,
  { width, height }: { readonly width: number; readonly height: number },
): string {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const originals = drawn.querySelectorAll('rect, path, text');
  copy.querySelectorAll('rect, path, text').forEach((element, index) => {
    const style = getComputedStyle(originals[index]!);
    for (const name of styled) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute('class');
  });
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  background.setAttribute('width', String(width));
  background.setAttribute('height', String(height));
  background.setAttribute('fill', getComputedStyle(document.body).backgroundColor);
  copy.prepend(background);
  copy.setAttribute('viewBox', `0 0 ${width} ${height}`);
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  return new XMLSerializer().serializeToString(copy);
}
