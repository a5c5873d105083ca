package io.kiln.nn.optim;

import io.kiln.nn.autograd.Params;
import io.kiln.nn.config.Settings;
import io.kiln.nn.tensor.CounterRng;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parameters and rules for the tests of this package. */
final class Rules {
  private Rules() {}

  /** Weights named w0, w1, … of these sizes, with random values. */
  static Params params(DType dtype, int... sizes) {
    List<Params.Declared> declared = new ArrayList<>();
    for (int size : sizes) {
      String name = "w" + declared.size();
      declared.add(declared(name, dtype, size, Params.Role.WEIGHT));
    }
    return Params.of(dtype, declared);
  }

  static Params.Declared declared(String name, DType dtype, int size, Params.Role role) {
    Tensor initial = Tensor.zeros(Shape.of(size), dtype);
    CounterRng rng = CounterRng.of(name.hashCode());
    for (int i = 0; i < size; i++) {
      initial.set(i, rng.normal(i));
    }
    return new Params.Declared(name, initial.shape(), role, initial);
  }

  /** A rule from keys and values. */
  static ParameterUpdate.Rule of(Object... settings) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      all.put((String) settings[i], settings[i + 1]);
    }
    return ParameterUpdate.Rule.from(Settings.of("optimizer", all));
  }
}
