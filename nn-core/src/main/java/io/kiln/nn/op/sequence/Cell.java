package io.kiln.nn.op.sequence;

/** Kind of a recurrent cell. */
public enum Cell {
  /** h′ = tanh(a + W·h + b). Elman 1990, "Finding structure in time". */
  TANH(1),
  /** h′ = max(a + W·h + b, 0). */
  RELU(1),
  /**
   * Long short-term memory: c′ = f·c + i·g, h′ = o·tanh(c′); gates in the order i, f, g, o, as in
   * PyTorch. Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
   */
  LSTM(4),
  /** {@link #LSTM} with gates in the order i, f, o, g, as in Stanford's CS231n. */
  LSTM_IFOG(4),
  /**
   * Gated recurrent unit: h′ = (1 − z)·m + z·h with m = tanh(a + r·(W·h + b)); gates in the order
   * r, z, m, as in PyTorch. Cho et al. 2014.
   */
  GRU(3);

  private static final int[] IFGO = {0, 1, 2, 3};
  private static final int[] IFOG = {0, 1, 3, 2};

  private final int gates;

  Cell(int gates) {
    this.gates = gates;
  }

  /** How many times the state's width the products give. */
  public int gates() {
    return gates;
  }

  /** Whether there is a second state c beside h. */
  public boolean hasMemory() {
    return gates == 4;
  }

  int[] order() {
    return this == LSTM_IFOG ? IFOG : IFGO;
  }
}
