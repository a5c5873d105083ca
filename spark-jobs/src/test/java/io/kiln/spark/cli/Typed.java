package io.kiln.spark.cli;

import io.kiln.spark.Commands;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * What a command answered to what was typed.
 *
 * @param code exit code
 * @param out what it printed
 * @param err its error line, or empty
 */
record Typed(int code, String out, String err) {
  /** Runs a command in this JVM. */
  static Typed kiln(Object... words) {
    StringWriter err = new StringWriter();
    CommandLine line = Commands.line();
    line.setErr(new PrintWriter(err, true));
    String[] texts = new String[words.length];
    for (int i = 0; i < words.length; i++) {
      texts[i] = String.valueOf(words[i]);
    }
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int code = line.execute(texts);
      return new Typed(code, out.toString(StandardCharsets.UTF_8), err.toString().strip());
    } finally {
      System.setOut(before);
    }
  }
}
