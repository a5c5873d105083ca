package io.kiln.nn.check;

import static io.kiln.nn.autograd.GradientCheck.random;

import io.kiln.nn.op.Attention;
import io.kiln.nn.op.BatchMatrixMultiply;
import io.kiln.nn.op.Diagonal;
import io.kiln.nn.op.Einsum;
import io.kiln.nn.op.MatrixMultiply;
import io.kiln.nn.op.SumAxes;
import io.kiln.nn.tensor.DType;
import io.kiln.nn.tensor.Shape;
import io.kiln.nn.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Products of matrices, sums over named axes, attention. */
final class AlgebraCases {
  private AlgebraCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    cases.add(
        OpCase.of(
            "matrix-multiply",
            v -> MatrixMultiply.of(v.get(0), v.get(1)),
            random(1, 3, 4),
            random(2, 4, 5)));
    cases.add(
        OpCase.of(
            "matrix-multiply/square", v -> MatrixMultiply.of(v.get(0), v.get(0)), random(1, 4, 4)));
    cases.add(
        OpCase.of(
            "batch-matrix-multiply",
            v -> BatchMatrixMultiply.of(v.get(0), v.get(1)),
            random(1, 2, 3, 3, 4),
            random(2, 2, 3, 4, 2)));
    cases.add(OpCase.of("diagonal", v -> Diagonal.of(v.get(0), 0, 2), random(1, 3, 2, 3)));
    cases.add(OpCase.of("sum-axes", v -> SumAxes.of(v.get(0), 0, 2), random(1, 3, 2, 4)));
    cases.add(OpCase.of("sum-axes/all", v -> SumAxes.all(v.get(0)), random(1, 3, 2)));
    einsums(cases);
    attention(cases);
    return cases;
  }

  private static void einsums(List<OpCase> cases) {
    einsum(cases, "ij,jk->ik", random(1, 3, 4), random(2, 4, 2));
    einsum(cases, "ij,jk", random(1, 3, 4), random(2, 4, 2));
    einsum(cases, "bij,bkj->bik", random(1, 2, 3, 4), random(2, 2, 5, 4));
    einsum(cases, "ii->", random(1, 3, 3));
    einsum(cases, "ii->i", random(1, 3, 3));
    einsum(cases, "ij->j", random(1, 3, 4));
    einsum(cases, "ij->ji", random(1, 3, 4));
    einsum(cases, "i,j->ij", random(1, 3), random(2, 4));
    einsum(cases, "ij,ij->", random(1, 3, 4), random(2, 3, 4));
    einsum(cases, "ij,jk,kl->il", random(1, 2, 3), random(2, 3, 4), random(3, 4, 2));
    einsum(cases, "...ij,...jk->...ik", random(1, 2, 2, 3, 4), random(2, 2, 2, 4, 2));
    einsum(cases, "iik,kl->li", random(1, 3, 3, 2), random(2, 2, 4));
    einsum(
        cases,
        "bhqd,bhkd,bhke->bqhe",
        random(1, 2, 2, 3, 2),
        random(2, 2, 2, 4, 2),
        random(3, 2, 2, 4, 3));
  }

  private static void einsum(List<OpCase> cases, String formula, Tensor... operands) {
    cases.add(
        OpCase.of(
            "einsum/" + formula,
            v -> Einsum.of(formula, v.toArray(new io.kiln.nn.autograd.Var[0])),
            operands));
  }

  private static void attention(List<OpCase> cases) {
    Tensor mask = Tensor.of(DType.FLOAT64, Shape.of(2, 4), 1, 1, 1, 0, 1, 1, 1, 1);
    cases.add(
        OpCase.of(
            "attention/self", v -> Attention.self(v.get(0), 2, false, null), random(1, 2, 4, 12)));
    cases.add(
        OpCase.of(
            "attention/causal", v -> Attention.self(v.get(0), 2, true, null), random(1, 2, 4, 12)));
    cases.add(
        OpCase.with(
            "attention/masked",
            mask,
            (v, c) -> Attention.of(v.get(0), v.get(1), v.get(2), 2, false, c.get(0)),
            random(1, 2, 3, 6),
            random(2, 2, 4, 6),
            random(3, 2, 4, 6)));
    cases.add(
        OpCase.of(
            "attention/one-for-all",
            v -> Attention.of(v.get(0), v.get(0), v.get(0), 1, true, null),
            random(1, 2, 3, 4)));
  }
}
