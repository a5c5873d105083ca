package io.kiln.nn.op.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiln.nn.autograd.Tape;
import io.kiln.nn.autograd.Var;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import org.junit.jupiter.api.Test;

class EinsumTest {
  private final Tape tape = new Tape(DType.FLOAT64);

  @Test
  void valuesAreThoseOfTheSums() {
    Var a = matrix(2, 3);
    Var b = matrix(3, 2);
    assertThat(value("ij,jk->ki", a, b)).containsExactly(10, 28, 13, 40);
    assertThat(value("ij,jk", a, b)).containsExactly(10, 13, 28, 40);
    assertThat(value("ij->", a)).containsExactly(15);
    assertThat(value("ji", a)).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(value("ii", matrix(3, 3))).containsExactly(0 + 4 + 8);
    assertThat(value("...i->i...", a)).containsExactly(0, 3, 1, 4, 2, 5);
    assertThat(value("i j , j k -> i k", a, b)).containsExactly(10, 13, 28, 40);
  }

  @Test
  void formulasThatAreWrongAreRefusedWithTheReason() {
    Var a = matrix(2, 3);
    assertRefused("operand 0 is [2, 3] but 'ijk' names 3 axes", "ijk->i", a);
    assertRefused("axis 'i' is 2 but in operand 0 3", "ii->i", a);
    assertRefused("the output has 'k', which no operand has", "ij->ik", a);
    assertRefused("the output has 'i' twice", "ij->ii", a);
    assertRefused("2 operands are written but 1 came", "ij,jk->ik", a);
    assertRefused("'1' is not a letter", "i1->i", a);
  }

  private void assertRefused(String reason, String formula, Var... operands) {
    assertThatThrownBy(() -> Einsum.of(formula, operands))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("einsum: '" + formula + "': " + reason + "; write it like ij,jk->ik");
  }

  private double[] value(String formula, Var... operands) {
    Var y = Einsum.of(formula, operands);
    tape.forward();
    return y.value().toArray();
  }

  private Var matrix(int rows, int columns) {
    Tensor x = Tensor.zeros(Shape.of(rows, columns), DType.FLOAT64);
    for (int i = 0; i < x.count(); i++) {
      x.set(i, i);
    }
    return tape.constant(x);
  }
}
