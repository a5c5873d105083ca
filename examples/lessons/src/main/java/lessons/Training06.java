package lessons;

import io.kiln.nn.Data;
import io.kiln.nn.Kiln;
import io.kiln.nn.Trained;
import io.kiln.nn.layer.Dense;
import io.kiln.nn.layer.Flatten;
import io.kiln.nn.layer.Layer;
import io.kiln.nn.layer.Relu;
import io.kiln.nn.layer.Sequential;
import java.nio.file.Path;
import java.util.Arrays;

/** Lesson 6: train, test once, save, load, predict; without Spark. */
public final class Training06 {
  private Training06() {}

  /** Runs the lesson; the model goes into a folder, the first argument. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length == 0 ? "." : arguments[0]).resolve("digits");
    Data digits = Kiln.data("{format: synthetic, train: 3000, test: 1000, validation: 500}");
    Layer layers = Sequential.of(new Flatten(), Dense.of(64), new Relu(), Dense.of(10));

    Trained net =
        Kiln.trainer(layers)
            .optimizer("adam", 0.002)
            .epochs(4)
            .batchSize(64)
            .print(System.out)
            .fit(digits);
    System.out.println("test: " + net.evaluate(digits.test()).line());

    net.save(folder);
    Trained again = Kiln.load(folder, layers);
    double[][] before = net.predict(digits.test());
    double[][] after = again.predict(digits.test());
    System.out.printf("the first is a 7 with probability %.3f%n", after[0][7]);
    Lessons.expect(Arrays.deepEquals(before, after), "what was saved is what was learnt");
  }
}
