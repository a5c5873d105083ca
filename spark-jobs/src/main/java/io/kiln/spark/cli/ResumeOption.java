package io.kiln.spark.cli;

import io.kiln.spark.config.Resume;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --resume[=auto]}. */
final class ResumeOption {
  @Option(
      names = "--resume",
      arity = "0..1",
      paramLabel = "auto",
      fallbackValue = "",
      converter = Read.class,
      preprocessor = OnlyAttached.class,
      description = {
        "Go on with what is in --out, or with the newest of the name under runs/.",
        "--resume=auto begins it if it is not there, and does nothing if it is done."
      })
  private Resume resume = Resume.NO;

  Resume resume() {
    return resume;
  }

  /** Reads the word. */
  static final class Read implements ITypeConverter<Resume> {
    @Override
    public Resume convert(String text) {
      return Resume.of(text);
    }
  }

  /**
   * The word belongs to the option only behind an equals sign: {@code --resume CONF} is no word.
   */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    @SuppressWarnings("JdkObsolete") // picocli's interface
    public boolean preprocess(
        Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        words.push("");
      }
      return false;
    }
  }
}
