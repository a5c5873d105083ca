#!/usr/bin/python3
"""Steady-state training speed of the further cases of `kiln bench` in PyTorch, one JSON line a case.

usage: torch_bench.py [--seconds S] [--threads N] [--cpu-time] [CASE...]      needs python3-torch and an optimised BLAS

With vectors limited to 256 bits: OPENBLAS_CORETYPE=Haswell ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2.
"""
import argparse, json, time
import torch
from torch import nn


def mlp():
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


class Block(nn.Module):
    """Two 3x3 convolutions with batch norm and a shortcut, which pads with zeros where sizes differ."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)
        self.more = filters - channels

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        if self.more:
            x = nn.functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more // 2))
        return torch.relu(y + x)


def resnet20():
    """He et al.'s network for CIFAR-10 with three blocks a stage."""
    layers, channels = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, filters in enumerate((16, 32, 64)):
        for block in range(3):
            layers.append(Block(channels, filters, 2 if stage and not block else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Sequences(nn.Module):
    """Ten classes from the last of a sequence's steps."""

    def __init__(self, body, width):
        super().__init__()
        self.body, self.score = body, nn.Linear(width, 10)

    def forward(self, x):
        y = self.body(x)
        return self.score((y[0] if isinstance(y, tuple) else y)[:, -1])


def lstm():
    return Sequences(nn.LSTM(256, 256, batch_first=True), 256)


def transformer():
    return Sequences(nn.TransformerEncoderLayer(256, 4, 1024, 0.0, "gelu", batch_first=True, norm_first=True), 256)


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9)


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=0.001)


CASES = {
    "resnet20-b128": (resnet20, (128, 3, 32, 32), sgd),
    "lstm-256-t64-b32": (lstm, (32, 64, 256), sgd),
    "transformer-256-h4-t64-b32": (transformer, (32, 64, 256), sgd),
    "mlp-784-256-10-b64-adamw": (mlp, (64, 784), adamw),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cpu-time", action="store_true", help="of this thread, for a machine that others use too")
    parser.add_argument("case", nargs="*", default=list(CASES))
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    now = time.thread_time if args.cpu_time else time.perf_counter
    for name in args.case:
        build, shape, update = CASES[name]
        net, x, y = build(), torch.rand(*shape), torch.randint(0, 10, shape[:1])
        optimizer, loss = update(net.parameters()), nn.CrossEntropyLoss()

        def step():
            optimizer.zero_grad()
            loss(net(x), y).backward()
            optimizer.step()

        warm = now() + 2
        while now() < warm:
            step()
        steps, start = 0, now()
        while now() - start < args.seconds:
            step()
            steps += 1
        seconds = now() - start
        print(json.dumps({"name": name, "samples_per_second": round(steps * shape[0] / seconds, 1),
                          "ms_per_step": round(seconds / steps * 1000, 4), "threads": args.threads}), flush=True)


main()
