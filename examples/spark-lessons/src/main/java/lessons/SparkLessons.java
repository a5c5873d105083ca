package lessons;

import io.kiln.spark.Commands;
import java.nio.file.Files;
import java.nio.file.Path;

/** Runs the lessons that need Spark, one after another; each checks what it shows. */
public final class SparkLessons {
  private SparkLessons() {}

  /** Ends the lesson if something is not as it should be. */
  static void expect(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  /** What {@code kiln} does in a terminal, in this JVM. */
  static void kiln(String... command) {
    int code = Commands.line().execute(command);
    expect(code == 0, "kiln " + String.join(" ", command) + " ended with " + code);
  }

  /** Runs them; what they write goes into a new folder, the first argument. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments.length == 0 ? "lessons" : arguments[0]);
    Files.createDirectories(folder);
    String[] at = {folder.toString()};
    System.out.println("Lesson 7: on Spark");
    OnSpark07.main(at);
    System.out.println();
    System.out.println("Lesson 8: a sweep");
    Sweep08.main(at);
  }
}
