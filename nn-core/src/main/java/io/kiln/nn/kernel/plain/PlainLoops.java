package io.kiln.nn.kernel.plain;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Loops;
import io.kiln.nn.tensor.DType;

/** The families of plain loops; products are the BLAS's. */
public final class PlainLoops implements Loops {
  @Override
  public Kernels families(DType dtype) {
    return dtype == DType.FLOAT32
        ? new Kernels(
            new FloatMatrix(),
            new FloatElementwise(),
            new FloatArithmetic(),
            new FloatPointwise(),
            new FloatAxisLoops(),
            new FloatSoftmax(),
            new FloatActivations(),
            new FloatLossLoops(),
            new FloatRowNorm(),
            new FloatMasks(),
            new FloatRows(),
            new FloatSparseProducts(),
            new FloatStrides(),
            new FloatCells(),
            new FloatPatches(),
            new FloatBlocks(),
            new FloatChannels(),
            new FloatPooling(),
            new FloatUpdates(),
            new FloatAdaptiveUpdates(),
            new TablePixels(),
            null)
        : new Kernels(
            new DoubleMatrix(),
            new DoubleElementwise(),
            new DoubleArithmetic(),
            new DoublePointwise(),
            new DoubleAxisLoops(),
            new DoubleSoftmax(),
            new DoubleActivations(),
            new DoubleLossLoops(),
            new DoubleRowNorm(),
            new DoubleMasks(),
            new DoubleRows(),
            new DoubleSparseProducts(),
            new DoubleStrides(),
            new DoubleCells(),
            new DoublePatches(),
            new DoubleBlocks(),
            new DoubleChannels(),
            new DoublePooling(),
            new DoubleUpdates(),
            new DoubleAdaptiveUpdates(),
            new TablePixels(),
            null);
  }
}
