package lessons;

import java.nio.file.Files;
import java.nio.file.Path;

/** Runs all lessons, one after another; each checks what it shows. */
public final class Lessons {
  private Lessons() {}

  /** Ends the lesson if something is not as it should be. */
  static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** Runs them; what they draw and save goes into a folder, the first argument. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length == 0 ? "lessons" : arguments[0]);
    Files.createDirectories(folder);
    String[] at = {folder.toString()};
    begin("1: tensors");
    Tensors01.main(at);
    begin("2: an operation");
    OwnOp02.main(at);
    begin("3: gradient checks");
    GradientCheck03.main(at);
    begin("4: a layer");
    OwnLayer04.main(at);
    begin("5: a network by hand");
    ByHand05.main(at);
    begin("6: training");
    Training06.main(at);
    begin("9: transfer");
    Transfer09.main(at);
    begin("10: style");
    Style10.main(at);
    begin("11: graphs");
    Graphs11.main(at);
    begin("12: einsum");
    Einsum12.main(at);
  }

  private static void begin(String lesson) {
    System.out.println();
    System.out.println("Lesson " + lesson);
  }
}
