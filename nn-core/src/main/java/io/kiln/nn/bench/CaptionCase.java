package io.kiln.nn.bench;

import io.kiln.nn.config.Settings;
import io.kiln.nn.data.SampleSpec;
import io.kiln.nn.layer.Network;
import io.kiln.nn.loss.TemporalSoftmaxLoss;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.zoo.Models;
import java.util.List;
import java.util.Map;

/**
 * Image captions: {@code caption-<cell>-b<batch>}; 512 image features give the first state, 16 word
 * steps of embedding 256 and state 512, scores over 1004 words at each.
 */
final class CaptionCase {
  static final String NAME = "caption-(rnn|lstm|gru)-b[1-9][0-9]{0,5}";

  private static final int FEATURES = 512;
  private static final int STEPS = 16;
  private static final int WORDS = 1004;

  private CaptionCase() {}

  static BenchCase of(String name) {
    String[] parts = name.split("-", -1);
    SampleSpec spec =
        new SampleSpec(
            List.of(Shape.of(FEATURES), Shape.of(STEPS)), Shape.of(STEPS), WORDS, List.of());
    Settings model = Settings.of("model", Map.of("type", "caption-rnn", "cell", parts[1]));
    return new BenchCase(
        name,
        () -> Network.of(Models.from(model, spec), spec, DType.FLOAT32, 1),
        new TemporalSoftmaxLoss(false),
        Integer.parseInt(parts[2].substring(1)),
        (samples, kind, rng) -> {
          BenchCase.uniform(samples.input(0), rng.fork(0));
          BenchCase.integers(samples.input(1), WORDS, rng.fork(1));
          BenchCase.integers(samples.target(), WORDS, rng.fork(-1));
        });
  }
}
