"""A large network without training: what its answers are does not matter, how
long they take does."""

import hashlib
import subprocess

import peers

ROWS, COLUMNS = 512, 512
PROGRAM = """
import sys, torch
from torch import nn
torch.manual_seed(1)
def block(a, b):
    return nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.ReLU(),
                         nn.Conv2d(b, b, 3, padding=1), nn.ReLU())
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            block(1, 32), nn.MaxPool2d(2), block(32, 64), nn.MaxPool2d(2),
            block(64, 128), nn.MaxPool2d(2), block(128, 256),
            nn.Upsample(scale_factor=2.0), block(256, 128), nn.Conv2d(128, 4, 1))
    def forward(self, x):
        return self.body(x)
network = torch.jit.trace(Net().eval(), torch.zeros(1, 1, 512, 512))
torch.jit.save(torch.jit.freeze(network), sys.argv[1])
"""
MANIFEST = """\
name: large
version: 1.0.0
manufacturer: bench
description: Nothing is measured with it
demonstration: A network of random weights
inputs:
  - name: film
stages:
  - name: whole
    weights: {{file: large.pt, sha256: {sha256}}}
    rows: {rows}
    columns: {columns}
    fit: letterbox
    percentiles: [1, 99]
    outputs:
      - {{name: landmarks, kind: heatmaps, stride: 4, sigma: 1.5,
         landmarks: [a, b, c, d]}}
confidence:
  least: 0.001
measurements:
  - id: any
    concept: tibiofemoral_angle
    site: knee_joint
    angle: [a, b, c, d]
    min: 0
    max: 180
"""


def bundle(folder):
    """(name, models folder, network for bare.measure)"""
    models = folder / "models"
    place = models / "large"
    place.mkdir(parents=True, exist_ok=True)
    weights = place / "large.pt"
    subprocess.run(["/usr/bin/python3", "-c", PROGRAM, weights], check=True)
    (place / "model.yaml").write_text(MANIFEST.format(
        rows=ROWS, columns=COLUMNS,
        sha256=hashlib.sha256(weights.read_bytes()).hexdigest()))
    return "large", models, (weights, ROWS, COLUMNS)
