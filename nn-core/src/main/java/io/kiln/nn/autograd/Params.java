package io.kiln.nn.autograd;

import io.kiln.nn.config.ConfigException;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All parameters of a network in one flat array, so that optimizer, all-reduce, checkpoint and hash
 * are each one loop. They lie there by role: weights, biases, frozen ones, frozen buffers, buffers.
 *
 * <p>Buffers are running statistics: values that training writes without a gradient.
 */
public final class Params {
  /** What a parameter is to training. */
  public enum Role {
    /** A trainable weight, subject to weight decay. */
    WEIGHT,
    /** A trainable bias, gain or offset: no weight decay. */
    BIAS,
    /** A parameter that training leaves as it is. */
    FROZEN,
    /** Running statistics that training leaves as they are. */
    FROZEN_BUFFER,
    /** Running statistics, written by the forward pass in training. */
    BUFFER;

    /** Whether the optimizer moves it. */
    public boolean isTrainable() {
      return this == WEIGHT || this == BIAS;
    }

    /** Whether training leaves it as it is. */
    public boolean isFrozen() {
      return this == FROZEN || this == FROZEN_BUFFER;
    }

    /** Whether it is a running statistic, which nothing differentiates. */
    public boolean isBuffer() {
      return this == BUFFER || this == FROZEN_BUFFER;
    }
  }

  /**
   * One named parameter.
   *
   * @param name dotted name, as in PyTorch
   * @param shape its shape
   * @param role what it is to training
   * @param offset where it begins in the flat array
   */
  public record Entry(String name, Shape shape, Role role, int offset) {}

  /** A parameter before it has its place; without initial values it begins with zeros. */
  public record Declared(String name, Shape shape, Role role, @Nullable Tensor initial) {}

  private final Map<String, Entry> entries;
  private final Tensor values;
  private final int trainable;

  private Params(Map<String, Entry> entries, Tensor values, int trainable) {
    this.entries = entries;
    this.values = values;
    this.trainable = trainable;
  }

  /** Lays declared parameters out in one array; names must differ. */
  public static Params of(DType dtype, List<Declared> declared) {
    List<Declared> order = new ArrayList<>(declared);
    order.sort(Comparator.comparing(Declared::role));
    checkTotal(declared);
    long total = 0;
    int trainable = 0;
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (Declared one : order) {
      Entry entry = new Entry(one.name(), one.shape(), one.role(), (int) total);
      if (entries.put(one.name(), entry) != null) {
        throw new IllegalArgumentException(
            "params: '" + one.name() + "' is declared twice; give the layers different names");
      }
      total += one.shape().count();
      trainable = one.role().isTrainable() ? (int) total : trainable;
    }
    Tensor values = Tensor.zeros(Shape.of((int) total), dtype);
    for (Declared one : order) {
      Entry entry = entries.get(one.name());
      Tensor initial = one.initial();
      if (entry != null && initial != null) {
        values.slice(entry.offset(), entry.shape()).copyFrom(initial);
      }
    }
    // The order of declaration is what people read in summaries and files.
    Map<String, Entry> asDeclared = new LinkedHashMap<>();
    for (Declared one : declared) {
      Entry entry = entries.get(one.name());
      if (entry != null) {
        asDeclared.put(one.name(), entry);
      }
    }
    return new Params(asDeclared, values, trainable);
  }

  /** All lie in one array. */
  private static void checkTotal(List<Declared> declared) {
    long total = 0;
    for (Declared one : declared) {
      total += one.shape().count();
    }
    if (total > Integer.MAX_VALUE) {
      throw new ConfigException(
          "model: its layers have "
              + total
              + " parameters together but a network has at most 2147483647; make layers smaller");
    }
  }

  /** The parameters in the order the layers declared them. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /** Whether there is one of that name. */
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  /** The parameter of that name. */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "params: there is no '" + name + "'; there are " + entries.keySet());
    }
    return entry;
  }

  /** The values of one parameter: a slice of the flat array, shared. */
  public Tensor value(String name) {
    Entry entry = entry(name);
    return values.slice(entry.offset(), entry.shape());
  }

  /** All numbers, trainable first. */
  public Tensor values() {
    return values;
  }

  /** The trainable numbers: the beginning of {@link #values}. */
  public Tensor trainable() {
    return values.slice(0, Shape.of(trainable));
  }

  /** The running statistics that training writes: the end of {@link #values}. */
  public Tensor buffers() {
    int from = values.count();
    for (Entry entry : entries.values()) {
      from = entry.role() == Role.BUFFER ? Math.min(from, entry.offset()) : from;
    }
    return values.slice(from, Shape.of(values.count() - from));
  }

  /** How many numbers are trainable. */
  public int trainableCount() {
    return trainable;
  }

  /** How many numbers are parameters, trainable or frozen; buffers are not counted. */
  public int parameterCount() {
    int count = 0;
    for (Entry entry : entries.values()) {
      count += entry.role().isBuffer() ? 0 : entry.shape().count();
    }
    return count;
  }
}
