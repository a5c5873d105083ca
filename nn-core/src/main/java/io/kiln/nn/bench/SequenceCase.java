package io.kiln.nn.bench;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.SoftmaxCrossEntropyLoss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sequences in ten classes by the last step: {@code lstm-<width>-t<steps>-b<batch>}, one LSTM whose
 * state is as wide as a step, and {@code transformer-<width>-h<heads>-t<steps>-b<batch>}, one block
 * with GELU and four times the width between its dense layers.
 */
final class SequenceCase {
  private static final String NUMBER = "([1-9][0-9]{0,4})";
  private static final Pattern NAME =
      Pattern.compile(
          "(?:lstm-"
              + NUMBER
              + "|transformer-"
              + NUMBER
              + "-h"
              + NUMBER
              + ")-t"
              + NUMBER
              + "-b"
              + NUMBER);
  private static final int CLASSES = 10;

  private SequenceCase() {}

  static boolean fits(String name) {
    return NAME.matcher(name).matches();
  }

  static BenchCase of(String name) {
    Matcher found = NAME.matcher(name);
    if (!found.matches()) {
      throw new IllegalArgumentException("bench: " + name + " names no sequences");
    }
    boolean isLstm = found.group(1) != null;
    int width = Integer.parseInt(found.group(isLstm ? 1 : 2));
    Map<String, Object> body =
        isLstm
            ? Map.of("type", "lstm", "hidden", width)
            : Map.of(
                "type",
                "transformer-block",
                "heads",
                Integer.parseInt(found.group(3)),
                "width",
                4 * width,
                "activation",
                "gelu");
    Settings model =
        Settings.of(
            "model",
            Map.of(
                "layers",
                List.of(
                    body,
                    Map.of("type", "slice", "axis", 1, "from", -1),
                    Map.of("type", "flatten"),
                    Map.of("type", "dense", "units", CLASSES))));
    SampleSpec spec =
        SampleSpec.classification(Shape.of(Integer.parseInt(found.group(4)), width), CLASSES);
    return BenchCase.of(
        name,
        () -> Network.of(Models.from(model, spec), spec, DType.FLOAT32, 1),
        new SoftmaxCrossEntropyLoss(),
        Integer.parseInt(found.group(5)));
  }
}
