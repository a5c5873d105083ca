package lessons;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.data.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Lesson 7: a file says what to train; Spark's tasks do it together, and how many they are does not
 * matter.
 *
 * <p>The batch is cut into four virtual shards, whoever computes them. One worker has all four, two
 * have two each; they add up gradients in the same order, so the weights are the same bits.
 */
public final class OnSpark07 {
  private static final String DIGITS =
      """
      name: digits
      data:      {format: synthetic, train: 3000, validation: 500, test: 1000}
      model:     {type: mlp, hidden: [64]}
      loss:      softmax-cross-entropy
      optimizer: {type: adam, learning-rate: 0.002}
      train:     {epochs: 4, batch-size: 64, seed: 1}
      cluster:   {virtual-shards: 4}
      """;

  private OnSpark07() {}

  /** Runs the lesson; runs go into a folder, the first argument. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length == 0 ? "lessons" : arguments[0]);
    Path conf = Files.writeString(folder.resolve("digits.yaml"), DIGITS);
    Path alone = folder.resolve("one-worker");
    Path together = folder.resolve("two-workers");
    train(conf, "1", alone);
    train(conf, "2", together);
    long different =
        Files.mismatch(
            alone.resolve("model/model.safetensors"), together.resolve("model/model.safetensors"));
    SparkLessons.expect(different < 0, "two workers learnt other weights than one");
    System.out.println("one worker and two: the same weights, bit for bit");

    // What a run saved is a network like any other; this needs no Spark.
    Data digits = Kiln.data("{format: synthetic, train: 3000, validation: 500, test: 1000}");
    Trained net = Kiln.load(together);
    Dataset test = digits.test();
    System.out.println("test: " + net.evaluate(test).line());
    SparkLessons.expect(net.evaluate(test).accuracy() > 0.8, "the network has learnt too little");
  }

  private static void train(Path conf, String workers, Path out) {
    SparkLessons.kiln(
        "train",
        conf.toString(),
        "--master",
        "local[2]",
        "--workers",
        workers,
        "--out",
        out.toString());
  }
}
