package lessons;

import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Lesson 8: which settings are best is asked of the validation part, by trials that run side by
 * side; the test part is looked at once, at the end.
 */
public final class Sweep08 {
  private static final String WIDTHS =
      """
      name: widths
      data:      {format: synthetic, train: 2000, validation: 500, test: 1000}
      model:     {type: mlp}
      loss:      softmax-cross-entropy
      optimizer: {type: adam}
      train:     {epochs: 4, batch-size: 64, seed: 1}
      cluster:   {workers: 1}
      sweep:
        strategy: grid
        metric: validation.loss
        space:
          model.hidden: [[4], [16], [64]]
          optimizer.learning-rate: [0.0003, 0.003]
      """;

  private Sweep08() {}

  /** Runs the lesson; the sweep goes into a folder, the first argument. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length == 0 ? "lessons" : arguments[0]);
    Path conf = Files.writeString(folder.resolve("widths.yaml"), WIDTHS);
    Path out = folder.resolve("widths");
    String[] sweep = {
      "sweep", conf.toString(), "--master", "local[2]", "--out", out.toString(), "--resume=auto"
    };
    SparkLessons.kiln(sweep);

    // A line a trial; sweep.html has them as a table and as curves.
    List<String> trials = Files.readAllLines(out.resolve("trials.csv"));
    trials.forEach(System.out::println);
    SparkLessons.expect(trials.size() == 7, "three widths at two rates are six trials");

    // The best of them was trained again; its folder is that of a run.
    Trained best = Kiln.load(out.resolve("best"));
    Tensor hidden = best.network().params().value("1.weight");
    System.out.println("the best has " + hidden.shape().size(0) + " hidden units");
    SparkLessons.expect(hidden.shape().size(0) == 64, "more units see more");

    // What is done is not done again: the same command finds it.
    Path journal = out.resolve("journal-0001.jsonl");
    String before = Files.readString(journal);
    SparkLessons.kiln(sweep);
    SparkLessons.expect(
        Files.readString(journal).startsWith(before), "what is in the journal stays");
    SparkLessons.expect(trials.equals(Files.readAllLines(out.resolve("trials.csv"))), "all done");
  }
}
