package io.kiln.spark.score;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.autograd.Workspace;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.TargetScale;
import io.kiln.nn.layer.Network;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import io.kiln.spark.model.ModelFolder;
import io.kiln.spark.model.OutputReading;
import java.util.ArrayList;
import java.util.List;

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

  private record Recorded(int rows, Tape tape, Var output) {}

  Pass(ModelFolder.Loaded loaded, TargetScale scale, int most) {
    this.network = loaded.network();
    this.reading = OutputReading.of(loaded);
    this.scale = scale;
    this.workspace = new Workspace(network.dtype());
    this.most = fitting(most);
    this.room = Batch.of(network.spec(), this.most, network.dtype());
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
      inputs.add(tape.placeholder(shape.batch(rows)));
      numbers += (long) rows * shape.count();
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

  /** Room for rows, shape [most, …]: write row i at i · features. */
  public Tensor input() {
    return room.input(0);
  }

  /** Numbers of a row of {@link #input}. */
  public int features() {
    return room.input(0).count() / most;
  }

  /** Writes a row. */
  public void put(int row, double[] numbers) {
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
      numbers.set(i, scale.number(numbers.get(i)));
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
    List<Var> inputs = new ArrayList<>();
    for (Tensor input : room.rows(rows).inputs()) {
      inputs.add(tape.constant(input));
    }
    Var output = network.record(tape, inputs);
    tape.plan(output, output);
    Recorded recorded = new Recorded(rows, tape, output);
    tapes.add(recorded);
    return recorded;
  }
}
