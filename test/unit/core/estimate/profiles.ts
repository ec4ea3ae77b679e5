import { failure, success } from '../../../../src/core/result';
import type { ModelProfile } from '../../../../src/core/profile/profile';

/** A profile of a recognised network with a 224×224 input; what a test does not name is of no consequence to it. */
export function profileOf(fields: Partial<ModelProfile>): ModelProfile {
  return {
    parameters: 11_689_512,
    storedParameters: 11_684_712,
    family: 'ResNet',
    variant: 'ResNet-18 [2,2,2,2] basic',
    confidence: 1,
    evidence: [],
    input: { name: 'input', shape: [1, 3, 224, 224] },
    fittingSize: null,
    macs: null,
    activationElements: null,
    weightElements: null,
    opset: 13,
    operators: new Map([['Conv', 20]]),
    axesInputs: [],
    reshapesWithoutAllowzero: 0,
    centralDifferences: 0,
    uncosted: [],
    costAt: () => failure('invalid-graph', 'This profile has no graph behind it.'),
    deployedForm: null,
    ...fields,
  };
}

/** The part of a profile that says what one inference costs: `macsPerInput` at every resolution. */
export function costing(macsPerInput: number): Pick<ModelProfile, 'macs' | 'costAt'> {
  return {
    macs: macsPerInput,
    costAt: ({ batch = 1 }) =>
      success({
        layers: [],
        total: { macs: macsPerInput * batch, readElements: 0, writtenElements: 0, weightElements: 0 },
        macs: macsPerInput * batch,
        weightedMacs: macsPerInput * batch,
        activationElements: 0,
        weightElements: 0,
        weightedLayers: 0,
        peakActivation: null,
        operators: new Map([['Conv', 20]]),
        centralDifferences: 0,
        uncosted: [],
        lacksMacs: false,
        uncostedShare: 0,
      }),
  };
}
