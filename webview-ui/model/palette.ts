export { readPalette, tooltipStyle, type Palette } from '../chart/palette';
