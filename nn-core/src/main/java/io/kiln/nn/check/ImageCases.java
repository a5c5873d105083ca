package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.op.AdaptiveAvgPool2d;
import io.kiln.nn.op.AvgPool2d;
import io.kiln.nn.op.BatchNorm;
import io.kiln.nn.op.Concat;
import io.kiln.nn.op.Conv2d;
import io.kiln.nn.op.ConvTranspose2d;
import io.kiln.nn.op.MaxPool2d;
import io.kiln.nn.op.Pad;
import io.kiln.nn.op.Slice;
import io.kiln.nn.op.Sliding;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/** Convolutions, poolings, batch normalization, and cutting and joining. */
final class ImageCases {
  private static final Sliding UNIT = Sliding.UNIT;

  private ImageCases() {}

  private static OpCase batchNorm(String name, boolean training, boolean rectified, Tensor x) {
    int c = x.shape().size(1);
    Tensor running = random(60, c);
    for (int i = 0; i < c; i++) {
      running.set(i, 1 + running.get(i) * running.get(i));
    }
    BatchNorm.Mode mode = new BatchNorm.Mode(1e-5, 0.1, training, rectified);
    return new OpCase(
        name,
        List.of(x, random(61, c), random(62, c)),
        List.of(random(63, c), running, random(64)),
        (v, k) -> BatchNorm.of(v.get(0), v.get(1), v.get(2), k.get(0), k.get(1), k.get(2), mode),
        OpCase.OP_BOUND);
  }

  static List<OpCase> all() {
    return List.of(
        OpCase.of(
            "conv2d",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1, false),
            random(1, 2, 3, 6, 5),
            random(2, 4, 3, 3, 2),
            random(3, 4)),
        OpCase.of(
            "conv2d/rectified",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1, true),
            random(1, 2, 2, 5, 5),
            random(2, 3, 2, 3, 3),
            random(3, 3)),
        OpCase.of(
            "conv2d/strided-padded-dilated",
            v ->
                Conv2d.of(v.get(0), v.get(1), UNIT.stride(2, 3).padding(1, 2, 3, 0).dilation(2, 1)),
            random(4, 2, 2, 9, 8),
            random(5, 3, 2, 3, 3)),
        OpCase.of(
            "conv2d/grouped",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT.padding(1, 1), 2, false),
            random(6, 2, 4, 4, 4),
            random(7, 6, 2, 3, 3),
            random(8, 6)),
        OpCase.of(
            "conv2d/depthwise",
            v -> Conv2d.of(v.get(0), v.get(1), null, UNIT.padding(1, 1), 3, false),
            random(6, 2, 3, 5, 4),
            random(7, 3, 1, 3, 3)),
        OpCase.of(
            "conv2d/pointwise",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1, true),
            random(40, 3, 5, 4, 3),
            random(41, 4, 5, 1, 1),
            random(42, 4)),
        OpCase.of(
            "conv2d/three-by-three-same",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT.padding(1, 1), 1, false),
            random(12, 2, 3, 9, 10),
            random(13, 5, 3, 3, 3),
            random(14, 5)),
        OpCase.of(
            "conv2d/five-by-five",
            v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1, true),
            random(15, 2, 3, 9, 8),
            random(16, 4, 3, 5, 5),
            random(17, 4)),
        OpCase.of(
            "conv2d/shared-weight",
            v ->
                Conv2d.of(
                    Conv2d.of(v.get(0), v.get(1), UNIT.padding(1, 1)),
                    v.get(1),
                    UNIT.padding(1, 1)),
            random(18, 1, 2, 5, 5),
            random(19, 2, 2, 3, 3)),
        OpCase.of(
            "max-pool2d",
            v -> MaxPool2d.of(v.get(0), 2, 2, UNIT.stride(2, 2), false, false),
            random(20, 2, 3, 5, 6)),
        OpCase.of(
            "max-pool2d/overlapping-padded-ceiling",
            v -> MaxPool2d.of(v.get(0), 3, 3, UNIT.stride(2, 2).padding(1, 1), true, false),
            random(121, 2, 2, 6, 7)),
        OpCase.of(
            "max-pool2d/one-window-over-the-edge",
            v -> MaxPool2d.of(v.get(0), 3, 3, UNIT.stride(2, 2), true, false),
            random(122, 2, 3, 2, 2)),
        OpCase.of(
            "max-pool2d/rectified",
            v -> MaxPool2d.of(v.get(0), 2, 2, UNIT.stride(2, 2), false, true),
            random(22, 2, 3, 4, 6)),
        OpCase.of(
            "avg-pool2d",
            v -> AvgPool2d.of(v.get(0), 2, 3, UNIT.stride(2, 2), false, true),
            random(23, 2, 2, 5, 7)),
        OpCase.of(
            "avg-pool2d/padded-ceiling",
            v -> AvgPool2d.of(v.get(0), 3, 3, UNIT.stride(2, 2).padding(1, 1), true, true),
            random(24, 2, 2, 6, 6)),
        OpCase.of(
            "avg-pool2d/without-padding",
            v -> AvgPool2d.of(v.get(0), 3, 3, UNIT.stride(2, 2).padding(1, 1), true, false),
            random(25, 2, 2, 6, 6)),
        OpCase.of(
            "adaptive-avg-pool2d",
            v -> AdaptiveAvgPool2d.of(v.get(0), 3, 2),
            random(26, 2, 2, 7, 5)),
        OpCase.of(
            "adaptive-avg-pool2d/global",
            v -> AdaptiveAvgPool2d.global(v.get(0)),
            random(27, 2, 3, 4, 4)),
        OpCase.of(
            "conv-transpose2d",
            v -> ConvTranspose2d.of(v.get(0), v.get(1), v.get(2), UNIT, 0, 0, 1),
            random(28, 2, 3, 4, 3),
            random(29, 3, 2, 3, 2),
            random(30, 2)),
        OpCase.of(
            "conv-transpose2d/strided-padded-dilated-grouped",
            v ->
                ConvTranspose2d.of(
                    v.get(0),
                    v.get(1),
                    v.get(2),
                    UNIT.stride(2, 3).padding(1, 0).dilation(1, 2),
                    1,
                    2,
                    2),
            random(31, 2, 4, 4, 3),
            random(32, 4, 3, 3, 2),
            random(33, 6)),
        batchNorm("batch-norm", true, false, random(34, 3, 4, 5, 2)),
        batchNorm("batch-norm/matrix", true, false, random(35, 7, 3)),
        batchNorm("batch-norm/rectified", true, true, random(36, 3, 2, 3, 3)),
        batchNorm("batch-norm/evaluating", false, true, random(37, 3, 4, 2, 2)),
        OpCase.of(
            "concat",
            v -> Concat.of(1, List.of(v.get(0), v.get(1), v.get(0))),
            random(38, 2, 3, 4),
            random(39, 2, 1, 4)),
        OpCase.of("slice", v -> Slice.of(v.get(0), 1, 1, 3), random(40, 2, 4, 3)),
        OpCase.of("pad", v -> Pad.of(v.get(0), 1, 0, 2, 1, 0.5), random(41, 2, 3, 2, 3)));
  }
}
