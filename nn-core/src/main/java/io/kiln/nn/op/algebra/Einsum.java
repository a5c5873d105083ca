package io.kiln.nn.op.algebra;

import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.SumAxes;
import io.kiln.nn.op.shape.Diagonal;
import io.kiln.nn.op.shape.Permute;
import io.kiln.nn.op.shape.Reshape;
import io.kiln.nn.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums of products over named axes, written as in numpy's einsum: {@code ij,jk->ik} is a matrix
 * product, {@code bij,bjk->bik} a batch of them, {@code ii->} a trace, {@code ii->i} a diagonal,
 * {@code ij->j} a sum, {@code ij->ji} a transposition, {@code …} the remaining axes.
 *
 * <p>Operands are contracted from left to right, each pair by one (batched) matrix product, so
 * every part is differentiable. Without {@code ->} the output has the letters that occur once, in
 * alphabetical order.
 */
public final class Einsum {
  /** Stand for the axes of an ellipsis, the last first. */
  private static final char ELLIPSIS = '\uE000';

  private final String formula;
  private final Map<Character, Integer> sizes = new LinkedHashMap<>();

  private Einsum(String formula) {
    this.formula = formula;
  }

  /**
   * Records the sum of products.
   *
   * @throws IllegalArgumentException if the formula is not one, or does not fit the operands
   */
  public static Var of(String formula, Var... operands) {
    return new Einsum(formula).record(operands);
  }

  private Var record(Var[] operands) {
    String text = formula.replace(" ", "");
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    if (terms.length != operands.length || operands.length == 0) {
      throw wrong(terms.length + " operands are written but " + operands.length + " came");
    }
    String ellipsis = "";
    List<String> letters = new ArrayList<>();
    for (int i = 0; i < terms.length; i++) {
      String expanded = expand(terms[i], operands[i].shape());
      letters.add(expanded);
      String dots = dotsOf(expanded);
      ellipsis = dots.length() > ellipsis.length() ? dots : ellipsis;
      measure(expanded, operands[i].shape(), i);
    }
    String output =
        arrow < 0 ? implied(letters, ellipsis) : text.substring(arrow + 2).replace("...", ellipsis);
    checkOutput(output);
    String kept = output;
    Var x = prepare(operands[0], letters.get(0), rest(letters, 1) + kept);
    String axes = prepared;
    for (int i = 1; i < operands.length; i++) {
      String later = rest(letters, i + 1) + kept;
      Var y = prepare(operands[i], letters.get(i), axes + later);
      String other = prepared;
      x = sumAway(x, axes, other + later);
      axes = prepared;
      x = contract(x, axes, y, other, later);
      axes = prepared;
    }
    x = sumAway(x, axes, kept);
    return arrange(x, prepared, output);
  }

  /** Letters of the axes of what the last method returned. */
  private String prepared = "";

  /** An operand without repeated letters, summed over letters that nothing else has. */
  private Var prepare(Var x, String term, String needed) {
    String axes = term;
    Var y = x;
    for (int first = 0; first < axes.length(); first++) {
      int second = axes.indexOf(axes.charAt(first), first + 1);
      while (second >= 0) {
        y = Diagonal.of(y, first, second);
        axes = axes.substring(0, second) + axes.substring(second + 1);
        second = axes.indexOf(axes.charAt(first), first + 1);
      }
    }
    return sumAway(y, axes, needed);
  }

  private Var sumAway(Var x, String axes, String needed) {
    List<Integer> summed = new ArrayList<>();
    StringBuilder left = new StringBuilder();
    for (int i = 0; i < axes.length(); i++) {
      if (needed.indexOf(axes.charAt(i)) < 0) {
        summed.add(i);
      } else {
        left.append(axes.charAt(i));
      }
    }
    prepared = left.toString();
    return summed.isEmpty()
        ? x
        : SumAxes.of(x, summed.stream().mapToInt(Integer::intValue).toArray());
  }

  private Var contract(Var x, String a, Var y, String b, String later) {
    StringBuilder batch = new StringBuilder();
    StringBuilder inner = new StringBuilder();
    StringBuilder left = new StringBuilder();
    StringBuilder right = new StringBuilder();
    for (int i = 0; i < a.length(); i++) {
      char c = a.charAt(i);
      boolean both = b.indexOf(c) >= 0;
      boolean stays = later.indexOf(c) >= 0;
      (both ? (stays ? batch : inner) : left).append(c);
    }
    for (int i = 0; i < b.length(); i++) {
      char c = b.charAt(i);
      if (a.indexOf(c) < 0) {
        right.append(c);
      }
    }
    int outer = count(batch);
    Var p = arrange(x, a, batch.toString() + left + inner);
    Var q = arrange(y, b, batch.toString() + inner + right);
    Var product =
        BatchMatrixMultiply.of(
            Reshape.of(p, Shape.of(outer, count(left), count(inner))),
            Reshape.of(q, Shape.of(outer, count(inner), count(right))));
    prepared = batch.toString() + left + right;
    return Reshape.of(product, shape(prepared));
  }

  private static Var arrange(Var x, String axes, String wanted) {
    if (axes.equals(wanted)) {
      return x;
    }
    int[] order = new int[wanted.length()];
    for (int i = 0; i < order.length; i++) {
      order[i] = axes.indexOf(wanted.charAt(i));
    }
    return Permute.of(x, order);
  }

  private int count(CharSequence letters) {
    int count = 1;
    for (int i = 0; i < letters.length(); i++) {
      count *= sizes.getOrDefault(letters.charAt(i), 1);
    }
    return count;
  }

  private Shape shape(String letters) {
    int[] all = new int[letters.length()];
    for (int i = 0; i < all.length; i++) {
      all[i] = sizes.getOrDefault(letters.charAt(i), 1);
    }
    return Shape.of(all);
  }

  private String expand(String term, Shape shape) {
    int dots = term.indexOf("...");
    if (dots < 0) {
      return term;
    }
    int axes = shape.rank() - (term.length() - 3);
    if (axes < 0) {
      throw wrong("'" + term + "' has more letters than " + shape + " has axes");
    }
    StringBuilder expanded = new StringBuilder();
    for (int i = axes - 1; i >= 0; i--) {
      expanded.append((char) (ELLIPSIS + i));
    }
    return term.substring(0, dots) + expanded + term.substring(dots + 3);
  }

  private static String dotsOf(String term) {
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (c >= ELLIPSIS) {
        dots.append(c);
      }
    }
    return dots.toString();
  }

  private void measure(String term, Shape shape, int operand) {
    if (term.length() != shape.rank()) {
      throw wrong(
          "operand "
              + operand
              + " is "
              + shape
              + " but '"
              + shown(term)
              + "' names "
              + term.length()
              + " axes");
    }
    for (int i = 0; i < term.length(); i++) {
      char c = term.charAt(i);
      if (!Character.isLetter(c) && c < ELLIPSIS) {
        throw wrong("'" + c + "' is not a letter");
      }
      Integer known = sizes.putIfAbsent(c, shape.size(i));
      if (known != null && known != shape.size(i)) {
        throw wrong(
            "axis '"
                + shown(String.valueOf(c))
                + "' is "
                + known
                + " but in operand "
                + operand
                + " "
                + shape.size(i));
      }
    }
  }

  private static String implied(List<String> letters, String ellipsis) {
    Map<Character, Integer> seen = new TreeMap<>();
    String all = String.join("", letters);
    for (int i = 0; i < all.length(); i++) {
      char c = all.charAt(i);
      if (c < ELLIPSIS) {
        seen.merge(c, 1, Integer::sum);
      }
    }
    StringBuilder once = new StringBuilder(ellipsis);
    seen.forEach((c, times) -> once.append(times == 1 ? String.valueOf(c) : ""));
    return once.toString();
  }

  private void checkOutput(String output) {
    for (int i = 0; i < output.length(); i++) {
      char c = output.charAt(i);
      if (!sizes.containsKey(c)) {
        throw wrong("the output has '" + shown(String.valueOf(c)) + "', which no operand has");
      }
      if (output.indexOf(c) != i) {
        throw wrong("the output has '" + shown(String.valueOf(c)) + "' twice");
      }
    }
  }

  private static String rest(List<String> letters, int from) {
    return String.join("", letters.subList(from, letters.size()));
  }

  private static String shown(String letters) {
    return letters.replaceAll("[\uE000-\uF8FF]+", "...");
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "einsum: '" + formula + "': " + what + "; write it like ij,jk->ik");
  }
}
