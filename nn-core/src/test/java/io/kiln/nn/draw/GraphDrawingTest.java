package io.kiln.nn.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.op.arithmetic.Activation;
import io.kiln.nn.op.arithmetic.Add;
import io.kiln.nn.op.arithmetic.Exp;
import io.kiln.nn.op.arithmetic.Multiply;
import io.kiln.nn.op.arithmetic.Subtract;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.io.StringReader;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class GraphDrawingTest {
  private final Tape tape = new Tape(DType.FLOAT64);

  @Test
  void showsValueAndGradientOfEachNode() {
    Var x = number(-2);
    Var y = number(5);
    Var z = number(-4);
    Var q = Add.of(x, y);
    Var f = Multiply.of(q, z);
    tape.forward();
    tape.backward(f);
    GraphDrawing drawing = GraphDrawing.of(tape, Map.of(x, "x", y, "y", z, "z", f, "f"));
    assertThat(drawing.nodeCount()).isEqualTo(5);
    assertThat(drawing.edgeCount()).isEqualTo(4);
    assertThat(drawing.dot())
        .contains("[label=\"x | value -2 | gradient -4\", style=rounded]")
        .contains("[label=\"add | value 3 | gradient -4\"]")
        .contains("[label=\"f = multiply | value -12 | gradient 1\"]")
        .contains("n0 -> n2;");
    assertThat(drawing.svg()).contains("<title>z value -4, gradient 3</title>");
  }

  @Test
  void drawingIsWellFormedForNodesUsedManyTimesAndGraphsThatHaveNotRun() throws Exception {
    Var x = tape.variable(Tensor.of(DType.FLOAT64, Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
    Var s = Activation.sigmoid(x);
    Var p = Multiply.of(s, Subtract.of(1, s));
    Var y = Add.of(Multiply.of(p, p), Exp.of(Multiply.of(p, x)));
    assertThat(parsed(GraphDrawing.of(tape, Map.of(y, "a < b & c")).svg())).isEqualTo(9);
    tape.forward();
    tape.backward(y);
    assertThat(parsed(GraphDrawing.of(tape).svg())).isEqualTo(9);
  }

  /** Number of boxes. */
  private static int parsed(String svg) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    return document.getElementsByTagName("rect").getLength();
  }

  private Var number(double value) {
    return tape.variable(Tensor.of(DType.FLOAT64, Shape.of(), value));
  }
}
