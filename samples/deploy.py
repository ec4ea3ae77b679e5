"""A face pipeline: rest the mouse on a path to see how fast its model will run."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stage:
    name: str
    model: Path
    resolution: int


PIPELINE = [
    Stage("detect", Path("faces/retinaface_mobilenet.onnx"), resolution=640),
    Stage("anti-spoofing", Path("anti-spoofing/feathernet_a.onnx"), resolution=224),
    Stage("recognise", Path("faces/iresnet50.onnx"), resolution=112),
]

# What the recogniser could be replaced by.
CANDIDATES = ["resnet18.onnx", "mobilenet_v2_w0.5.onnx", "faces/mobilefacenet.onnx"]


if __name__ == "__main__":
    for stage in PIPELINE:
        print(f"{stage.name:>14}  {stage.model}  {stage.resolution}x{stage.resolution}")
