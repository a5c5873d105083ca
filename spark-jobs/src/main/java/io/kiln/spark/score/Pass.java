package io.kiln.spark.score;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.model.ModelFolder;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.SparseRows;
import io.kiln.nn.tensor.Tensor;
import io.kiln.nn.train.SparseInput;
import io.kiln.spark.model.OutputReading;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network with buffers for a batch of rows; one thread's. Fill rows 0 … n − 1, run them, read.
 *
 * <p>Rows are run in batches of a few fixed sizes, so that there are few tapes to keep.
 */
public final class Pass {
  /** The most bytes of buffers beyond those that one row needs. */
  private static final long MOST_BYTES = 32L << 20;

  /** From one size of a batch to the next. */
  private static final int TIMES = 8;

  private final Network network;
  private final OutputReading reading;
  private final TargetScale scale;
  private final Batch room;
  private final Workspace workspace;
  private final List<Recorded> tapes = new ArrayList<>();
  private final int most;
  private final boolean sparse;

  private record Recorded(int rows, Tape tape, Var output) {}

  Pass(ModelFolder.Loaded loaded, TargetScale scale, int most) {
    this(loaded, scale, most, false);
  }

  /**
   * Buffers to run a network with.
   *
   * @param sparse whether rows are sparse, as the network must read them then
   */
  Pass(ModelFolder.Loaded loaded, TargetScale scale, int most, boolean sparse) {
    this.network = loaded.network();
    this.reading = OutputReading.of(loaded);
    this.scale = scale;
    this.workspace = new Workspace(network.dtype());
    this.sparse = sparse;
    this.most = fitting(most);
    this.room = Batch.of(network.spec(), this.most, network.dtype(), false, sparse);
  }

  private int fitting(int wanted) {
    int rows = Math.max(1, wanted);
    long least = bytes(1) + MOST_BYTES;
    while (rows > 1 && bytes(rows) > least) {
      rows /= 2;
    }
    return rows;
  }

  private long bytes(int rows) {
    Tape tape = new Tape(network.dtype());
    List<Var> inputs = new ArrayList<>();
    long numbers = 0;
    for (var shape : network.spec().inputs()) {
      if (sparse) {
        inputs.add(tape.sparse(new SparseRows(shape.count(), rows), rows));
      } else {
        inputs.add(tape.placeholder(shape.batch(rows)));
        numbers += (long) rows * shape.count();
      }
    }
    Var output = network.record(tape, inputs);
    return (numbers + tape.planned(output, output)) * network.dtype().bytes();
  }

  /** Rows that can be run at once. */
  public int most() {
    return most;
  }

  /** How outputs are read as answers. */
  public OutputReading reading() {
    return reading;
  }

  /** Room for rows, their targets unused. */
  Batch batch() {
    return room;
  }

  /** Room for rows, shape [most, …]: write row i at i · features. */
  public Tensor input() {
    return room.input(0);
  }

  /** Numbers of a row. */
  public int features() {
    return network.spec().inputs().stream().mapToInt(shape -> shape.count()).sum();
  }

  /** Room for rows of which only what is not zero is kept; null if they are in {@link #input}. */
  public @Nullable SparseRows sparse() {
    return room.sparse();
  }

  /** Writes a row; those before it must be there. */
  public void put(int row, double[] numbers) {
    SparseRows rows = room.sparse();
    if (rows != null) {
      putSparse(rows, row, numbers);
      return;
    }
    Tensor input = input();
    int at = input.offset() + row * numbers.length;
    if (input.dtype() == DType.FLOAT64) {
      System.arraycopy(numbers, 0, input.doubles(), at, numbers.length);
      return;
    }
    float[] floats = input.floats();
    for (int i = 0; i < numbers.length; i++) {
      floats[at + i] = (float) numbers[i];
    }
  }

  private static void putSparse(SparseRows rows, int row, double[] numbers) {
    int count = 0;
    for (double number : numbers) {
      count += number != 0 ? 1 : 0;
    }
    int at = rows.begin(row, count);
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] != 0) {
        rows.indices()[at] = i;
        rows.values()[at++] = (float) numbers[i];
      }
    }
  }

  /**
   * Runs the first n rows.
   *
   * @return the network's outputs [n, …], valid until the next call; numbers of a regression in the
   *     units of the data
   */
  public Tensor run(int n) {
    int rows = 1;
    while (rows < n) {
      rows = Math.min(most, rows * TIMES);
    }
    SparseRows others = room.sparse();
    for (int row = n; others != null && row < rows; row++) {
      others.begin(row, 0);
    }
    Recorded recorded = recorded(rows);
    recorded.tape.replay();
    return numbers(recorded.output.value().rows(0, n));
  }

  /** Runs the first n rows and reads their answers: steps · width numbers a row. */
  public double[] answers(int n) {
    return reading.read(run(n));
  }

  private Tensor numbers(Tensor output) {
    if (scale.equals(TargetScale.NONE)) {
      return output;
    }
    Tensor numbers = output.to(DType.FLOAT64);
    for (int i = 0; i < numbers.count(); i++) {
      numbers.set(i, scale.number(i, numbers.get(i)));
    }
    return numbers;
  }

  private Recorded recorded(int rows) {
    for (Recorded recorded : tapes) {
      if (recorded.rows == rows) {
        return recorded;
      }
    }
    Tape tape = new Tape(network.dtype(), workspace);
    Var output = network.record(tape, SparseInput.leaves(tape, room.rows(rows)));
    tape.plan(output, output);
    Recorded recorded = new Recorded(rows, tape, output);
    tapes.add(recorded);
    return recorded;
  }
}
