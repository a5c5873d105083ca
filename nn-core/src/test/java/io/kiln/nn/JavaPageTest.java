package io.kiln.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/java.md and of the README are compiled and run, as a reader would. */
class JavaPageTest {
  private static final Pattern BLOCK =
      Pattern.compile("```(java|text|properties)\n(.*?)\n```", Pattern.DOTALL);
  private static final Pattern PROGRAM = Pattern.compile("public class (\\w+)");

  @TempDir Path folder;

  /** A program, and what the page says that it prints; empty if it does not say. */
  private record Program(String name, String source, String prints) {}

  private static List<Program> programs(Path page, StringBuilder lists) throws IOException {
    List<Program> programs = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(Files.readString(page));
    while (blocks.find()) {
      String text = blocks.group(2);
      Matcher named = PROGRAM.matcher(text);
      int last = programs.size() - 1;
      if (blocks.group(1).equals("java") && named.find()) {
        programs.add(new Program(named.group(1), text, ""));
      } else if (blocks.group(1).equals("text") && last >= 0) {
        programs.set(last, new Program(programs.get(last).name, programs.get(last).source, text));
      } else if (blocks.group(1).equals("properties")) {
        lists.append(text).append('\n');
      }
    }
    return programs;
  }

  @Test
  void programsOfThePageRunAndPrintWhatItSays() throws Exception {
    run(Path.of("..", "docs", "java.md"), 5);
  }

  @Test
  void programsOfTheReadmeRun() throws Exception {
    run(Path.of("..", "README.md"), 1);
  }

  private void run(Path page, int least) throws Exception {
    StringBuilder lists = new StringBuilder();
    List<Program> programs = programs(page, lists);
    assertThat(programs).hasSizeGreaterThanOrEqualTo(least);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Path names = Files.createDirectories(classes.resolve("META-INF").resolve("kiln"));
    Files.writeString(names.resolve("layer.names"), lists);
    List<Path> files = new ArrayList<>();
    for (Program program : programs) {
      files.add(Files.writeString(folder.resolve(program.name + ".java"), program.source));
    }
    compile(files, classes);
    for (Program program : programs) {
      String printed = run(program.name, classes);
      if (!program.prints.isEmpty()) {
        assertThat(withoutNumbers(printed))
            .as(program.name)
            .isEqualTo(withoutNumbers(program.prints));
      }
    }
  }

  private static void compile(List<Path> files, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter said = new StringWriter();
    try (StandardJavaFileManager manager =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  said,
                  manager,
                  null,
                  List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                  null,
                  manager.getJavaFileObjectsFromPaths(files))
              .call();
      assertThat(compiled).as(said.toString()).isTrue();
    }
  }

  /** In a JVM and a folder of its own. */
  private String run(String name, Path classes) throws Exception {
    Path place = Files.createDirectories(folder.resolve(name + "-run"));
    Path out = place.resolve("out.txt");
    Path err = place.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                classes + File.pathSeparator + absolute(System.getProperty("java.class.path")),
                name)
            .directory(place.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int code = process.waitFor();
    assertThat(code).as(name + ": " + Files.readString(err)).isZero();
    return Files.readString(out).strip();
  }

  private static String absolute(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .map(one -> Path.of(one).toAbsolutePath().toString())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElse("");
  }

  private static String withoutNumbers(String text) {
    return text.strip().replaceAll("[0-9]+(\\.[0-9]+)?", "#").replaceAll(" +", " ");
  }
}
