package io.kiln.nn.check;

import static io.kiln.nn.check.Waves.wave;

import io.kiln.nn.autograd.Rectifies;
import io.kiln.nn.op.image.AdaptiveAvgPool2d;
import io.kiln.nn.op.image.AvgPool2d;
import io.kiln.nn.op.image.Conv2d;
import io.kiln.nn.op.image.ConvTranspose2d;
import io.kiln.nn.op.image.MaxPool2d;
import io.kiln.nn.op.image.PadChannels;
import io.kiln.nn.op.image.Pool;
import io.kiln.nn.op.image.Sliding;
import io.kiln.nn.op.shape.Concat;
import io.kiln.nn.op.shape.Pad;
import io.kiln.nn.op.shape.Reverse;
import io.kiln.nn.op.shape.Slice;
import io.kiln.nn.tensor.Shape;
import java.util.List;

/** Convolutions, poolings, cutting and joining. */
final class ImageCases {
  private static final Sliding UNIT = Sliding.UNIT;

  private ImageCases() {}

  static List<OpCase> all() {
    return List.of(
        OpCase.of(
                "conv2d",
                v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1),
                wave(1, 2, 3, 6, 5),
                wave(2, 4, 3, 3, 2),
                wave(3, 4))
            .gives(15.6707741028, 50.5867294797, 7.37400150743, -0.963798829493)
            .refuses(
                "conv2d: x is [2, 3, 6, 5] but weight is [4, 2, 3, 2]; with 1 group x needs 2 channels",
                Shape.of(2, 3, 6, 5),
                Shape.of(4, 2, 3, 2),
                Shape.of(4))
            .refuses(
                "conv2d: bias is [3] but weight is [4, 3, 3, 2]; bias needs [4]",
                Shape.of(2, 3, 6, 5),
                Shape.of(4, 3, 3, 2),
                Shape.of(3))
            .refuses(
                "conv2d: the plane is [2, 5], with padding [2, 5], but the window covers [3, 2]; give a smaller window or more padding",
                Shape.of(2, 3, 2, 5),
                Shape.of(4, 3, 3, 2),
                Shape.of(4))
            .refuses(
                "conv2d: x is [2, 30] but rank 4 is needed",
                Shape.of(2, 30),
                Shape.of(4, 3, 3, 2),
                Shape.of(4)),
        OpCase.of(
                "conv2d/rectified",
                v -> Rectifies.rectified(Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1)),
                wave(1, 2, 2, 5, 5),
                wave(2, 3, 2, 3, 3),
                wave(3, 3))
            .gives(1.61420149105, -14.1157956167, -1.51316406465, 1.92009807558),
        OpCase.of(
                "conv2d/strided-padded-dilated",
                v ->
                    Conv2d.of(
                        v.get(0), v.get(1), UNIT.stride(2, 3).padding(1, 2, 3, 0).dilation(2, 1)),
                wave(4, 2, 2, 9, 8),
                wave(5, 3, 2, 3, 3))
            .gives(2.73889114248, -2.55476003568, 8.58566189199),
        OpCase.of(
                "conv2d/grouped",
                v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT.padding(1, 1), 2),
                wave(6, 2, 4, 4, 4),
                wave(7, 6, 2, 3, 3),
                wave(8, 6))
            .gives(24.1310209678, -8.65920008652, -16.6081733714, -10.9202210265)
            .refuses(
                "conv2d: 4 channels and 5 filters cannot be cut into 2 groups; both must be multiples of it",
                Shape.of(2, 4, 4, 4),
                Shape.of(5, 2, 3, 3),
                Shape.of(5)),
        OpCase.of(
                "conv2d/depthwise",
                v -> Conv2d.of(v.get(0), v.get(1), null, UNIT.padding(1, 1), 3),
                wave(6, 2, 3, 5, 4),
                wave(7, 3, 1, 3, 3))
            .gives(9.76520108763, 6.25802396959, -2.13037553782),
        OpCase.of(
                "conv2d/pointwise",
                v -> Rectifies.rectified(Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1)),
                wave(40, 3, 5, 4, 3),
                wave(41, 4, 5, 1, 1),
                wave(42, 4))
            .gives(8.10926046135, -3.16562977855, -15.0481150856, 4.62262603852),
        OpCase.of(
                "conv2d/three-by-three-same",
                v -> Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT.padding(1, 1), 1),
                wave(12, 2, 3, 9, 10),
                wave(13, 5, 3, 3, 3),
                wave(14, 5))
            .gives(-35.0423752178, -35.4499646907, -14.2362866781, -26.1680202216),
        OpCase.of(
                "conv2d/five-by-five",
                v -> Rectifies.rectified(Conv2d.of(v.get(0), v.get(1), v.get(2), UNIT, 1)),
                wave(15, 2, 3, 9, 8),
                wave(16, 4, 3, 5, 5),
                wave(17, 4))
            .gives(24.5711064731, 10.4659280529, -25.8115608651, -3.57047726391),
        OpCase.of(
                "conv2d/shared-weight",
                v ->
                    Conv2d.of(
                        Conv2d.of(v.get(0), v.get(1), UNIT.padding(1, 1)),
                        v.get(1),
                        UNIT.padding(1, 1)),
                wave(18, 1, 2, 5, 5),
                wave(19, 2, 2, 3, 3))
            .gives(-19.3910727373, 6.27644460844, -48.5635413736),
        OpCase.of(
                "max-pool2d",
                v -> MaxPool2d.of(v.get(0), new Pool(2, 2, UNIT.stride(2, 2), false, false)),
                wave(20, 2, 3, 5, 6))
            .gives(1.59280044066, 0.84885600355)
            .refuses("max-pool2d: x is [2, 3, 5] but rank 4 is needed", Shape.of(2, 3, 5))
            .refuses(
                "max-pool2d: the plane is [1, 6], with padding [1, 6], but the window covers [2, 2]; give a smaller window or more padding",
                Shape.of(2, 3, 1, 6)),
        OpCase.of(
                "max-pool2d/overlapping-padded-ceiling",
                v ->
                    MaxPool2d.of(
                        v.get(0), new Pool(3, 3, UNIT.stride(2, 2).padding(1, 1), true, false)),
                wave(121, 2, 2, 6, 7))
            .gives(0.308761366919, 1.43077971181),
        OpCase.of(
                "max-pool2d/one-window-over-the-edge",
                v -> MaxPool2d.of(v.get(0), new Pool(3, 3, UNIT.stride(2, 2), true, false)),
                wave(122, 2, 3, 2, 2))
            .gives(-0.753652772154, -1.66662857616),
        OpCase.of(
                "max-pool2d/rectified",
                v ->
                    Rectifies.rectified(
                        MaxPool2d.of(v.get(0), new Pool(2, 2, UNIT.stride(2, 2), false, false))),
                wave(23, 2, 3, 4, 6))
            .gives(-2.16648912741, 3.45034546109),
        OpCase.of(
                "avg-pool2d",
                v -> AvgPool2d.of(v.get(0), new Pool(2, 3, UNIT.stride(2, 2), false, true)),
                wave(23, 2, 2, 5, 7))
            .gives(1.26989740615, -0.300752577337)
            .refuses("avg-pool2d: x is [2, 3, 5] but rank 4 is needed", Shape.of(2, 3, 5)),
        OpCase.of(
                "avg-pool2d/padded-ceiling",
                v ->
                    AvgPool2d.of(
                        v.get(0), new Pool(3, 3, UNIT.stride(2, 2).padding(1, 1), true, true)),
                wave(24, 2, 2, 6, 6))
            .gives(-0.937247456059, 3.31349631222),
        OpCase.of(
                "avg-pool2d/without-padding",
                v ->
                    AvgPool2d.of(
                        v.get(0), new Pool(3, 3, UNIT.stride(2, 2).padding(1, 1), true, false)),
                wave(25, 2, 2, 6, 6))
            .gives(1.03547177416, 6.24983382436),
        OpCase.of(
                "adaptive-avg-pool2d",
                v -> AdaptiveAvgPool2d.of(v.get(0), 3, 2),
                wave(26, 2, 2, 7, 5))
            .gives(-0.702961856006, 0.861457474212)
            .refuses("adaptive-avg-pool2d: x is [2, 7] but rank 4 is needed", Shape.of(2, 7))
            .refuses(
                "adaptive-avg-pool2d: x is [2, 2, 0, 5] and [3, 2] parts are wanted; all sizes must be 1 or more",
                Shape.of(2, 2, 0, 5)),
        OpCase.of(
                "adaptive-avg-pool2d/global",
                v -> AdaptiveAvgPool2d.global(v.get(0)),
                wave(27, 2, 3, 4, 4))
            .gives(0.325076977476, -0.130590130669),
        OpCase.of(
                "conv-transpose2d",
                v -> ConvTranspose2d.of(v.get(0), v.get(1), v.get(2), UNIT, 0, 0, 1),
                wave(28, 2, 3, 4, 3),
                wave(29, 3, 2, 3, 2),
                wave(30, 2))
            .gives(-2.14530347719, 13.8439979825, -16.2908684474, -2.79095348136)
            .refuses(
                "conv-transpose2d: x is [2, 3, 4, 3] but weight is [2, 3, 3, 2] in 1 groups; x needs 2 channels, a multiple of the groups",
                Shape.of(2, 3, 4, 3),
                Shape.of(2, 3, 3, 2),
                Shape.of(3))
            .refuses(
                "conv-transpose2d: bias is [3] but weight is [3, 2, 3, 2]; bias needs [2]",
                Shape.of(2, 3, 4, 3),
                Shape.of(3, 2, 3, 2),
                Shape.of(3)),
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
                wave(31, 2, 4, 4, 3),
                wave(32, 4, 3, 3, 2),
                wave(33, 6))
            .gives(6.1658094045, -11.4848755011, -8.15148063852, -28.3758961251),
        OpCase.of(
                "concat",
                v -> Concat.of(1, List.of(v.get(0), v.get(1), v.get(0))),
                wave(38, 2, 3, 4),
                wave(39, 2, 1, 4))
            .gives(2.81646270107, 1.2415440451, 1.36463416816)
            .refuses(
                "concat: x is [2, 3, 4] but another is [2, 3, 5]; all sizes but axis 1 must be equal",
                Shape.of(2, 3, 4),
                Shape.of(2, 3, 5)),
        OpCase.of("slice", v -> Slice.of(v.get(0), 1, 1, 3), wave(40, 2, 4, 3))
            .gives(-1.92966625057, -0.220333591254)
            .refuses(
                "slice: x is [2, 2, 3] but indices 1 to 3 of axis 1 are wanted; stay within 0 to 2",
                Shape.of(2, 2, 3)),
        OpCase.of("reverse", v -> Reverse.of(v.get(0), 1), wave(42, 2, 4, 3))
            .gives(-2.35842288437, -0.0735274812691)
            .refuses("reverse: x is [2] and has no axis 1; give one from 0", Shape.of(2)),
        OpCase.of("pad", v -> Pad.of(v.get(0), 1, 0, 2, 1, 0.5), wave(41, 2, 3, 2, 3))
            .gives(0.264363564124, 0.128060775216)
            .refuses("pad: x is [3, 2, 3] but rank 4 is needed", Shape.of(3, 2, 3)),
        OpCase.of("pad-channels", v -> PadChannels.of(v.get(0), 1, 2), wave(312, 2, 3, 2, 3))
            .gives(-1.04225706556, 5.66416930565)
            .refuses("pad-channels: x is [3, 2, 3] but rank 4 is needed", Shape.of(3, 2, 3))
            .refuses(
                "pad-channels: [-1, 2] came but both must be 0 or more",
                (v, c) -> PadChannels.of(v.get(0), -1, 2),
                Shape.of(2, 3, 2, 3)));
  }
}
