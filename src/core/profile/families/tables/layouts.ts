/**
 * Published layouts as `blocks×channels` of each stage, with their sizes: what recognisers and the zoo have in common.
 */

/** Radosavovic et al. 2020, "Designing Network Design Spaces", Table 8, as in torchvision. */
export const regnetX: Readonly<Record<string, string>> = {
  '1×32,2×64,7×160,12×400': '400MF',
  '1×64,3×128,7×288,5×672': '800MF',
  '2×72,4×168,10×408,2×912': '1.6GF',
  '2×96,6×192,15×432,2×1008': '3.2GF',
  '2×80,5×240,15×720,1×1920': '8GF',
  '2×256,6×512,13×896,1×2048': '16GF',
  '2×336,7×672,13×1344,1×2520': '32GF',
};

/** The same, Table 9; where torchvision's widths are others, both. */
export const regnetY: Readonly<Record<string, string>> = {
  '1×24,1×56,4×152,7×368': '200MF',
  '1×48,3×104,6×208,6×440': '400MF',
  '1×48,3×112,7×256,4×608': '600MF',
  '1×64,3×128,8×320,2×768': '800MF',
  '1×64,3×144,8×320,2×784': '800MF',
  '2×48,6×120,17×336,2×888': '1.6GF',
  '2×72,5×216,13×576,1×1512': '3.2GF',
  '2×224,4×448,10×896,1×2016': '8GF',
  '2×224,4×448,11×1232,1×3024': '16GF',
  '2×232,5×696,12×1392,1×3712': '32GF',
};

/** Ding et al. 2021, "RepVGG: Making VGG-style ConvNets Great Again", Table 2; the stem is a block of its own before them. */
export const repvgg: Readonly<Record<string, string>> = {
  '2×48,4×96,14×192,1×1280': 'A0',
  '2×64,4×128,14×256,1×1280': 'A1',
  '2×96,4×192,14×384,1×1408': 'A2',
  '4×64,6×128,16×256,1×1280': 'B0',
  '4×128,6×256,16×512,1×2048': 'B1',
  '4×160,6×320,16×640,1×2560': 'B2',
  '4×192,6×384,16×768,1×2560': 'B3',
};

/** The stages of a layout. */
export function stagesOfLayout(layout: string): readonly { readonly blocks: number; readonly channels: number }[] {
  return layout.split(',').map((stage) => {
    const [blocks = 0, channels = 0] = stage.split('×').map(Number);
    return { blocks, channels };
  });
}
