package lessons;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.data.ArrayDataset;
import io.kiln.nn.data.Batch;
import io.kiln.nn.data.Dataset;
import io.kiln.nn.data.Subset;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Tensor;
import java.util.List;

/**
 * Lesson 9: a network that knows digits answers another question, whether a digit is odd, from few
 * examples. Its layers stay as they are (frozen), so what they see in an image is computed once;
 * only a new head is trained.
 */
public final class Transfer09 {
  private static final int EXAMPLES = 100;
  private static final int HIDDEN = 64;

  private Transfer09() {}

  /** Runs the lesson. */
  public static void main(String[] arguments) throws Exception {
    Data digits = Kiln.data("{format: synthetic, train: 4000, test: 1000, validation: 500}");
    Trained teacher =
        Kiln.trainer(Sequential.of(new Flatten(), Dense.of(HIDDEN), new Relu(), Dense.of(10)))
            .optimizer("adam", 0.002)
            .epochs(6)
            .batchSize(64)
            .fit(digits);
    System.out.println("digits: " + teacher.evaluate(digits.test()).line());

    Dataset few = Subset.range(digits.train(), 0, EXAMPLES);
    Dataset features = odd(teacher, few, "2");
    Dataset featuresOfTest = odd(teacher, digits.test(), "2");
    Trained head =
        Kiln.trainer(Sequential.of(Dense.of(2)))
            .optimizer("adam", 0.01)
            .epochs(60)
            .batchSize(20)
            .fit(Data.of(features));
    double frozen = head.evaluate(featuresOfTest).accuracy();

    Trained scratch =
        Kiln.trainer(Sequential.of(Dense.of(HIDDEN), new Relu(), Dense.of(2)))
            .optimizer("adam", 0.002)
            .epochs(60)
            .batchSize(20)
            .fit(Data.of(odd(null, few, "")));
    double alone = scratch.evaluate(odd(null, digits.test(), "")).accuracy();

    System.out.printf(
        "odd or even from %d examples: %.1f %% on frozen layers%n", EXAMPLES, 100 * frozen);
    System.out.printf("the same from nothing: %.1f %%%n", 100 * alone);
    Lessons.expect(frozen > alone, "what was learnt before helps");
  }

  /** Samples whose answer is whether the digit is odd: pixels, or what a layer sees in them. */
  private static Dataset odd(Trained teacher, Dataset digits, String layer) {
    int n = digits.size();
    Batch batch = Batch.of(digits.spec(), n, DType.FLOAT32);
    float[] answers = new float[n];
    for (int i = 0; i < n; i++) {
      digits.read(i, batch, i);
      answers[i] = (float) (batch.target().get(i) % 2);
    }
    Tensor seen = batch.input(0);
    if (teacher != null) {
      seen = teacher.outputs(seen, layer).get(layer);
    }
    int columns = seen.count() / n;
    float[] rows = new float[n * columns];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) seen.get(i);
    }
    return ArrayDataset.classification(columns, rows, answers, 2, List.of("even", "odd"));
  }
}
