"""Writes truth.json: what Python's onnx package reads in the models beside it. Run with Debian's python3-onnx."""

import json
from pathlib import Path

import onnx

HERE = Path(__file__).parent


def graph_truth(graph: onnx.GraphProto) -> dict:
    dims = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    return {
        "inputs": [info.name for info in graph.input if info.name not in dims],
        "outputs": [info.name for info in graph.output],
        "initializers": dims,
        "nodes": [node_truth(node) for node in graph.node],
    }


def node_truth(node: onnx.NodeProto) -> dict:
    attributes = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        if attribute.type == onnx.AttributeProto.GRAPH:
            value = graph_truth(value)
        elif attribute.type == onnx.AttributeProto.TENSOR:
            value = {"dims": list(value.dims), "dataType": value.data_type}
        elif attribute.type == onnx.AttributeProto.STRING:
            value = value.decode()
        elif attribute.type == onnx.AttributeProto.STRINGS:
            value = [item.decode() for item in value]
        elif attribute.type in (onnx.AttributeProto.FLOATS, onnx.AttributeProto.INTS):
            value = list(value)
        elif attribute.type not in (onnx.AttributeProto.FLOAT, onnx.AttributeProto.INT):
            value = None
        attributes[attribute.name] = value
    return {
        "opType": node.op_type,
        "domain": node.domain,
        "inputs": list(node.input),
        "outputs": list(node.output),
        "attributes": attributes,
    }


truth = {}
for path in sorted((HERE / "models").glob("*.onnx")):
    model = onnx.load(str(path))
    truth[path.stem] = {
        "irVersion": model.ir_version,
        "opsets": {entry.domain: entry.version for entry in model.opset_import},
        "graph": graph_truth(model.graph),
    }
(HERE / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
