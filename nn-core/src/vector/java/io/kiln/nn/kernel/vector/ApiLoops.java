package io.kiln.nn.kernel.vector;

import io.kiln.nn.kernel.ExponentialRuns;
import io.kiln.nn.kernel.ImageKernels;
import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Machine;
import io.kiln.nn.kernel.VectorLoops;
import io.kiln.nn.tensor.DType;
import jdk.incubator.vector.FloatVector;

/** The families of loops with the Vector API. */
public final class ApiLoops implements VectorLoops {
  @Override
  public int bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }

  @Override
  public ExponentialRuns exponentials() {
    return new WideExponentials();
  }

  @Override
  public Kernels over(Kernels plain, DType dtype) {
    return dtype == DType.FLOAT32 ? float32(plain) : float64(plain);
  }

  private static Kernels float32(Kernels plain) {
    return new Kernels(
        new FloatMatrix(plain.matrix()),
        new FloatElementwise(plain.elementwise()),
        plain.arithmetic(),
        plain.pointwise(),
        plain.axes(),
        new WideSoftmax(plain.softmax()),
        plain.activations(),
        plain.losses(),
        new FloatRowNorm(plain.rowNorm()),
        plain.masks(),
        new FloatRows(plain.rows()),
        plain.sparse(),
        plain.strides(),
        new WideCells(plain.cells()),
        new FloatPatches(plain.patches()),
        plain.blocks(),
        new FloatChannels(new FloatPlanes(plain.channels())),
        new FloatPooling(plain.pooling()),
        plain.updates(),
        plain.adaptive(),
        new WidePixels(),
        Machine.here().channelsLast()
            ? new ImageKernels(
                new FloatIndirect(),
                new FloatChannelsLast(),
                new FloatPixelPooling(),
                new FloatPixelMeans(),
                new FloatWinograd())
            : null);
  }

  private static Kernels float64(Kernels plain) {
    return new Kernels(
        new DoubleMatrix(plain.matrix()),
        new DoubleElementwise(plain.elementwise()),
        plain.arithmetic(),
        plain.pointwise(),
        plain.axes(),
        plain.softmax(),
        plain.activations(),
        plain.losses(),
        new DoubleRowNorm(plain.rowNorm()),
        plain.masks(),
        new DoubleRows(plain.rows()),
        plain.sparse(),
        plain.strides(),
        plain.cells(),
        new DoublePatches(plain.patches()),
        plain.blocks(),
        new DoubleChannels(new DoublePlanes(plain.channels())),
        new DoublePooling(plain.pooling()),
        plain.updates(),
        plain.adaptive(),
        plain.pixels(),
        Machine.here().channelsLast()
            ? new ImageKernels(
                new DoubleIndirect(),
                new DoubleChannelsLast(),
                new DoublePixelPooling(),
                new DoublePixelMeans(),
                new DoubleWinograd())
            : null);
  }
}
