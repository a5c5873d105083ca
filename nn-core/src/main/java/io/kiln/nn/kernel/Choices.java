package io.kiln.nn.kernel;

/**
 * Which way a machine computes something of a given shape: every such choice stands here. They come
 * from measurements, see docs/benchmarks.md.
 */
public final class Choices {
  /** Multiplications below which a call of the BLAS is as good as loops with vectors. */
  private static final long SMALL = 1024;

  /** Numbers of a filter matrix for which a tile more is worth it: 150 to 250 were alike. */
  private static final int NUMBERS_A_TILE = 192;

  private static final int MOST_TILES = 512;

  /** Numbers of a filter matrix for which a column more is worth it. */
  private static final int NUMBERS_A_COLUMN = 2048;

  private static final int MOST_COLUMNS = 256;

  private static final Choices HERE = new Choices(Machine.here());

  private final Machine machine;

  /** The choices of a machine. */
  public Choices(Machine machine) {
    this.machine = machine;
  }

  /** The choices of the machine that this JVM runs on. */
  public static Choices here() {
    return HERE;
  }

  /** Whether C [m, n] = A·B with inner size k is done with vectors, not by the BLAS. */
  public boolean multipliesByVectors(int m, int n, int k) {
    return machine.products() == Machine.Products.VECTORS && (long) m * n * k >= SMALL;
  }

  /**
   * Whether W·xᵀ and a transposition are faster than x·Wᵀ for x [n, in] and W [out, in]. The BLAS
   * packs the operand with more rows at a cost that only many columns of the other repay: measured
   * 10 to 40 % for up to 128 rows of x and from about 256 columns on, nothing beyond. Loops with
   * vectors see to it themselves.
   */
  public boolean turnsDense(int n, int in, int out) {
    return machine.products() == Machine.Products.BLAS && n <= 128 && in >= 256 && out > n / 2;
  }

  /** Whether a recurrent network's W_hh is packed once for all steps; states of that width. */
  public boolean packsStates(int width, int lanes) {
    return machine.channelsLast() && width % lanes == 0;
  }

  /** Whether images with that many channels lie with them side by side: most lanes are used. */
  public boolean channelsLast(int channels, int lanes) {
    return machine.channelsLast() && 2 * channels >= lanes;
  }

  /**
   * Rows of a panel at a time, if a row has so many bytes: a panel fills a first-level cache of 32
   * KiB, what lies beside it comes from the second.
   */
  public int deep(int bytes) {
    int rows = Integer.highestOneBit(Math.max(1, Math.min(machine.firstCache(), 32 << 10) / bytes));
    return Math.min(Math.max(rows, 128), 256);
  }

  /**
   * Columns of a convolution at a time: so many that their matrix fills half of the second-level
   * cache; where filters do not fit in it themselves, more, up to 256, as with {@link #tiles}.
   *
   * @param height rows of the matrix
   * @param filters filters that are multiplied with it
   */
  public int columns(int height, int filters) {
    int fitting = machine.block() / 2 / Float.BYTES / Math.max(1, height);
    int repaying = (int) Math.min(MOST_COLUMNS, (long) height * filters / NUMBERS_A_COLUMN);
    return Math.max(fitting, repaying);
  }

  /**
   * Tiles of a Winograd convolution at a time. So many that their transforms fill the second-level
   * cache; but where channels are many, filters and their gradient do not fit in it themselves, and
   * are read anew for each lot of tiles: then more, up to 512, though transforms spill.
   *
   * @param points matrices of transformed numbers
   * @param in channels, padded
   * @param out filters, padded
   */
  public int tiles(int points, int in, int out) {
    int fitting = machine.block() / Float.BYTES / (points * (in + out));
    int repaying = (int) Math.min(MOST_TILES, (long) in * out / NUMBERS_A_TILE);
    return Math.max(fitting, repaying);
  }
}
