package io.kiln.benchmarks;

import io.kiln.nn.kernel.Kernels;
import io.kiln.nn.kernel.Matrix;
import io.kiln.nn.kernel.Operand;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Matrix products of the shapes that training needs: C [m, n] = A [m, k] · B [k, n] as a layer's
 * forward pass does it, and the two products of its backward pass. {@code flop} counts
 * floating-point operations a second.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MatrixBenchmark {
  /** The operands of one shape. */
  @State(Scope.Thread)
  public static class Operands {
    /** m×n×k. */
    @Param({"64x256x784", "64x10x256", "512x512x512", "32x1024x288", "50x512x512"})
    public String shape = "64x256x784";

    int m;
    int n;
    int k;
    private final Operand first = new Operand();
    private final Operand second = new Operand();
    private final Operand result = new Operand();
    Matrix matrix = Kernels.of(DType.FLOAT32).matrix();
    Tensor a = Tensor.zeros(Shape.of(), DType.FLOAT32);
    Tensor b = a;
    Tensor c = a;

    /** Fills A and B with numbers of mean 0 and deviation 1. */
    @Setup
    public void fill() {
      String[] sizes = shape.split("x");
      m = Integer.parseInt(sizes[0]);
      n = Integer.parseInt(sizes[1]);
      k = Integer.parseInt(sizes[2]);
      a = normal(Shape.of(m, k), 1);
      b = normal(Shape.of(k, n), 2);
      c = normal(Shape.of(m, n), 3);
    }

    private static Tensor normal(Shape shape, long seed) {
      CounterRng rng = CounterRng.of(seed);
      Tensor tensor = Tensor.zeros(shape, DType.FLOAT32);
      for (int i = 0; i < tensor.count(); i++) {
        tensor.set(i, rng.normal(i));
      }
      return tensor;
    }
  }

  /** Floating-point operations, shown by JMH as a rate. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Work {
    /** Two a multiplication: product and sum. */
    public long flop;
  }

  /** C = A·B. */
  @Benchmark
  public Tensor forward(Operands o, Work work) {
    o.first.of(o.a, o.k);
    o.second.of(o.b, o.n);
    o.matrix.multiply(o.m, o.n, o.k, 1, o.first, o.second, 0, o.result.of(o.c, o.n));
    work.flop += 2L * o.m * o.n * o.k;
    return o.c;
  }

  /** dA += C·Bᵀ. */
  @Benchmark
  public Tensor backwardLeft(Operands o, Work work) {
    o.first.of(o.c, o.n);
    o.second.transposed(o.b, o.n);
    o.matrix.multiply(o.m, o.k, o.n, 1, o.first, o.second, 1, o.result.of(o.a, o.k));
    work.flop += 2L * o.m * o.n * o.k;
    return o.a;
  }

  /** dB = Aᵀ·C. */
  @Benchmark
  public Tensor backwardRight(Operands o, Work work) {
    o.first.transposed(o.a, o.k);
    o.second.of(o.c, o.n);
    o.matrix.multiply(o.k, o.n, o.m, 1, o.first, o.second, 0, o.result.of(o.b, o.n));
    work.flop += 2L * o.m * o.n * o.k;
    return o.b;
  }
}
