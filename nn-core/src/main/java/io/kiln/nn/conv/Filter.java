package io.kiln.nn.conv;

/**
 * A way to compute a convolution y = w ∗ x + b, cut at 0 from below if it is a rectified one, and
 * its gradients. One object serves one op; it is used by one thread.
 */
public interface Filter {
  /** Numbers of working memory. */
  long scratchSize();

  /** Whether dx is added to what is there, instead of overwritten. */
  boolean addsToImage();

  /** Multiplications and additions of one of the three products, as the definition counts them. */
  long flops();

  /** y of x, w and b. */
  void forward(ConvTensors tensors);

  /** dw, db and dx of dy, those of them that are wanted. */
  void backward(ConvTensors tensors);
}
