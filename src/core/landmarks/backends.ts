/** What runs and times a network. Stored and sent to the board as `way`. */
export const backends = ['tensorrt-python', 'trtexec', 'pytorch'] as const;

export type Backend = (typeof backends)[number];

/** Why a measured figure may not be the board's own speed; such a landmark stays out of fits until it is accepted. */
export const disturbances = ['throttled', 'swapped', 'gpu-shared'] as const;

export type Disturbance = (typeof disturbances)[number];
