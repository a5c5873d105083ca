import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the class FloatVectorTiles: the inner products of all tile sizes, each unrolled so that its
 * sums stay in registers. Run by the build: {@code java Tiles.java FOLDER}.
 *
 * <p>A method of more than about 1 600 bytes of code can be too much for the JVM's first compiler
 * ("out of virtual registers"), which then never hands it on to the second.
 */
final class Tiles {
  /** Rows of the tiles that are 1, 2, 3 and 4 vectors wide: sums, one row of B and one number of A fit into 32. */
  private static final int[][] TALL = {{12, 4, 1}, {10, 4, 1}, {6, 4, 1}, {5, 4, 2, 1}};

  private final StringBuilder text = new StringBuilder();

  private Tiles() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0], "io", "kiln", "nn", "kernel", "FloatVectorTiles.java");
    String source = new Tiles().source();
    if (!Files.exists(file) || !Files.readString(file).equals(source)) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, source);
    }
  }

  private void line(String format, Object... values) {
    text.append(String.format(format, values)).append('\n');
  }

  private String source() {
    line("package io.kiln.nn.kernel;");
    line("");
    line("import jdk.incubator.vector.FloatVector;");
    line("import jdk.incubator.vector.VectorSpecies;");
    line("");
    line("/** Made by src/build/Tiles.java. */");
    line("final class FloatVectorTiles {");
    line("  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;");
    line("  static final int LANES = SPECIES.length();");
    line("");
    line("  private FloatVectorTiles() {}");
    line("");
    line("  private static FloatVector load(float[] x, int at) {");
    line("    return FloatVector.fromArray(SPECIES, x, at);");
    line("  }");
    tallest();
    for (boolean tabled : new boolean[] {true, false}) {
      run(tabled);
      for (int wide = 1; wide <= TALL.length; wide++) {
        for (int tall : TALL[wide - 1]) {
          tile(tall, wide, tabled);
        }
      }
    }
    line("}");
    return text.toString();
  }

  private void tallest() {
    line("");
    line("  /** Rows of the tallest tile that is so many vectors wide and has at most so many rows. */");
    line("  static int tallest(int wide, int rows) {");
    for (int wide = 1; wide <= TALL.length; wide++) {
      line("    if (wide == %d) {", wide);
      for (int tall : TALL[wide - 1]) {
        if (tall > 1) {
          line("      if (rows >= %d) {", tall);
          line("        return %d;", tall);
          line("      }");
        }
      }
      line("    }");
    }
    line("    return 1;");
    line("  }");
  }

  private static String parameters(boolean tabled) {
    return "int deep, float[] a, int atA, int[] rows, int atRow, "
        + (tabled ? "int[] columns, int atColumn, " : "")
        + "float[] b, int atB, int stepB, float[] first, int atFirst, int[] rowsFirst, int fromFirst,"
        + " float[] c, int atC, int[] rowsC, int fromC";
  }

  private static String arguments(boolean tabled) {
    return parameters(tabled).replaceAll("(int|float)(\\[\\])? ", "");
  }

  /** Without a table of columns the index of A is the loop's own, whose checks the JVM leaves out. */
  private void run(boolean tabled) {
    line("");
    line(
        "  /** c[i, j] = first[i, j] + sum over p of a[atA + rows[i] + %s] * b[p, j]. */",
        tabled ? "columns[p]" : "p");
    line("  static void run(int wide, int tall, %s) {", parameters(tabled));
    line("    switch (16 * wide + tall) {");
    for (int wide = 1; wide <= TALL.length; wide++) {
      for (int tall : TALL[wide - 1]) {
        line("      case %d -> tile%dx%d(%s);", 16 * wide + tall, tall, wide, arguments(tabled));
      }
    }
    line("      default -> throw new IllegalArgumentException(tall + \" rows of \" + wide);");
    line("    }");
    line("  }");
  }

  private void tile(int tall, int wide, boolean tabled) {
    line("");
    line("  private static void tile%dx%d(%s) {", tall, wide, parameters(tabled));
    for (int i = 0; i < tall; i++) {
      line("    int r%d = atA + rows[atRow + %d];", i, i);
      line("    int f%d = atFirst + rowsFirst[fromFirst + %d];", i, i);
      for (int j = 0; j < wide; j++) {
        line("    FloatVector c%d%d = load(first, f%d + %d * LANES);", i, j, i, j);
      }
    }
    line("    int row = atB;");
    line("    for (int p = 0; p < deep; p++) {");
    if (tabled) {
      line("      int q = columns[atColumn + p];");
    }
    for (int j = 0; j < wide; j++) {
      line("      FloatVector b%d = load(b, row + %d * LANES);", j, j);
    }
    line("      row += stepB;");
    line("      FloatVector x;");
    for (int i = 0; i < tall; i++) {
      line("      x = FloatVector.broadcast(SPECIES, a[%s + r%d]);", tabled ? "q" : "p", i);
      for (int j = 0; j < wide; j++) {
        line("      c%d%d = x.fma(b%d, c%d%d);", i, j, j, i, j);
      }
    }
    line("    }");
    for (int i = 0; i < tall; i++) {
      line("    int d%d = atC + rowsC[fromC + %d];", i, i);
    }
    for (int i = 0; i < tall; i++) {
      for (int j = 0; j < wide; j++) {
        line("    c%d%d.intoArray(c, d%d + %d * LANES);", i, j, i, j);
      }
    }
    line("  }");
  }
}
