package io.kiln.nn.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiln.nn.op.norm.Softmax;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The lesson of docs/graphs.md, line by line, with every number worked out by hand. */
class GraphLessonTest {
  private static final Offset<Double> EXACT = within(1e-12);

  private final Graph graph = new Graph();
  private final List<Node> done = new ArrayList<>();

  @Test
  void aFormulaOfFourNumbers() {
    Node a = graph.number("a", 2);
    Node b = graph.number("b", -3);
    Node c = graph.number("c", 10);
    Node d = graph.number("d", 0.5);
    Node f = a.times(b).plus(c).over(d.exp()).named("f");
    double e = Math.exp(0.5);
    assertThat(f.value()).isCloseTo(4 / e, EXACT);

    graph.backward(f);
    assertThat(f.gradient()).isEqualTo(1);
    assertThat(a.gradient()).isCloseTo(-3 / e, EXACT);
    assertThat(b.gradient()).isCloseTo(2 / e, EXACT);
    assertThat(c.gradient()).isCloseTo(1 / e, EXACT);
    assertThat(d.gradient()).isCloseTo(-4 / e, EXACT);

    assertThat(graph.table())
        .isEqualTo(
            """
            node  is       value    gradient
            a              2        -1.81959
            b              -3       1.21306
            c              10       0.606531
            d              0.5      -2.42612
            v5    a · b    -6       0.606531
            v6    v5 + c   4        0.606531
            v7    exp(d)   1.64872  -1.47152
            f     v6 / v7  2.42612  1
            """);
  }

  @Test
  void aNodeUsedManyTimesAddsWhatComesBackAlongAllWays() {
    Node x = graph.number("x", 3);
    Node square = x.times(x).named("square");
    Node f = square.times(x).plus(square).minus(x.times(2)).named("f"); // x³ + x² − 2x
    assertThat(f.value()).isEqualTo(27 + 9 - 6);
    graph.backward(f);
    assertThat(x.gradient()).isCloseTo(3 * 9 + 2 * 3 - 2, EXACT);
    assertThat(square.gradient()).isCloseTo(3 + 1, EXACT);
  }

  @Test
  void aNeuronOfVectors() {
    Node x = graph.vector("x", 1, -2, 3);
    Node w = graph.vector("w", 0.5, 0.25, -1);
    Node b = graph.number("b", 2);
    Node y = w.times(x).sum().plus(b).sigmoid().named("y");
    double s = 1 / (1 + Math.exp(1)); // σ(0.5 − 0.5 − 3 + 2)
    assertThat(y.value()).isCloseTo(s, EXACT);
    graph.backward(y);
    double slope = s * (1 - s);
    assertThat(w.gradients()).containsExactly(new double[] {slope, -2 * slope, 3 * slope}, EXACT);
    assertThat(x.gradients())
        .containsExactly(new double[] {0.5 * slope, 0.25 * slope, -slope}, EXACT);
    assertThat(b.gradient()).isCloseTo(slope, EXACT);
  }

  @Test
  void everyOperationHasItsSlope() {
    Node x = graph.number("x", 0.4);
    Node y = graph.number("y", 1.7);
    expect(x.plus(y), 1, 1);
    expect(x.minus(y), 1, -1);
    expect(x.times(y), 1.7, 0.4);
    expect(x.over(y), 1 / 1.7, -0.4 / 1.7 / 1.7);
    expect(x.power(y), 1.7 * Math.pow(0.4, 0.7), Math.pow(0.4, 1.7) * Math.log(0.4));
    expect(x.power(3), 3 * 0.16, 0);
    expect(x.plus(3).times(2), 2, 0);
    expect(x.minus(3).over(2), 0.5, 0);
    expect(x.negated(), -1, 0);
    expect(x.reciprocal(), -1 / 0.16, 0);
    expect(x.exp(), Math.exp(0.4), 0);
    expect(x.log(), 1 / 0.4, 0);
    expect(x.tanh(), 1 - Math.pow(Math.tanh(0.4), 2), 0);
    expect(x.minus(y).relu(), 0, 0);
    expect(x.relu(), 1, 0);
  }

  /** All in one graph: gradients of those before must not be left behind. */
  private void expect(Node f, double dx, double dy) {
    graph.backward(f);
    assertThat(graph.nodes().get(0).gradient()).as(f.formula()).isCloseTo(dx, EXACT);
    assertThat(graph.nodes().get(1).gradient()).as(f.formula()).isCloseTo(dy, EXACT);
    for (Node before : done) {
      assertThat(before.gradient()).as(before.formula()).isZero();
    }
    done.add(f);
  }

  @Test
  void leavesCanBeChangedAndMatricesMultiplied() {
    Node w = graph.matrix("W", new double[] {1, 2}, new double[] {3, 4}, new double[] {5, 6});
    Node x = graph.matrix("x", new double[] {1}, new double[] {-1});
    Node y = w.product(x).named("y");
    assertThat(y.values()).containsExactly(-1, -1, -1);
    x.set(2, 0);
    assertThat(y.values()).containsExactly(2, 6, 10);
    graph.backward(y.power(2).sum());
    assertThat(x.gradients()).containsExactly(2 * (2 + 18 + 50), 2 * (4 + 24 + 60));
    Node p = graph.node(Softmax.of(y.var())).named("p");
    assertThat(p.values()).containsExactly(1, 1, 1);
  }

  @Test
  void whatCannotBeIsSaid() {
    Node x = graph.vector("x", 1, 2);
    Node y = x.times(2);
    assertRefused("node x: it is [2]; ask for values()", x::value);
    assertRefused("node x: it has no gradient yet; call graph.backward(y) first", x::gradients);
    assertRefused("node v2: it is x · 2; only leaves can be set", () -> y.set(1, 2));
    assertRefused("node x: 1 numbers came but it has 2; give as many", () -> x.set(1));
    assertRefused(
        "matrix W: row 1 has 1 numbers but row 0 has 2; all rows must be equally long",
        () -> graph.matrix("W", new double[] {1, 2}, new double[] {3}));
    assertRefused(
        "graph: leaf[2] is of another graph; record it from this one's nodes",
        () -> new Graph().node(x.var()));
  }

  private static void assertRefused(String message, Runnable attempt) {
    assertThatThrownBy(attempt::run).hasMessage(message);
  }

  @Test
  void drawingsNameWhatIsNamed() {
    Node x = graph.number("x", 3);
    Node f = x.times(x).named("square").minus(1).named("f");
    assertThat(graph.svg()).contains(">square = ").doesNotContain(">gradient<");
    graph.backward(f);
    assertThat(graph.svg()).contains("<title>x value 3, gradient 6</title>", ">gradient<");
    assertThat(graph.dot()).startsWith("digraph").contains("x | value 3 | gradient 6");
  }
}
