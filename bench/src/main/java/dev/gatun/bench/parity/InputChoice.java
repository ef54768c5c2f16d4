package dev.gatun.bench.parity;

import dev.gatun.autograd.Draw;
import dev.gatun.memory.DType;

/** The choice of types, layouts and elements for the inputs of a case. */
public sealed interface InputChoice {

  /** Everything that comes up, and seldom does. */
  InputChoice RANDOM = new RandomInputs();

  /**
   * Inputs as most programs have them: numbers of one type, without anything special among them,
   * row-major.
   *
   * @param dtype the type
   * @return the choice
   */
  static InputChoice plain(DType dtype) {
    return new PlainInputs(dtype);
  }

  /**
   * What is among the elements of an elementwise operation's inputs.
   *
   * @param draw where the randomness comes from
   * @return the choice
   */
  Elements elementsOfPointwise(Draw draw);

  /**
   * What is among the elements of another operation's inputs.
   *
   * @param draw where the randomness comes from
   * @return the choice
   */
  Elements elementsOfStructural(Draw draw);

  /**
   * The type that most inputs of an elementwise operation have.
   *
   * @param draw where the randomness comes from
   * @return the choice
   */
  DType typeOfPointwise(Draw draw);

  /**
   * The type of another operation's inputs that are numbers.
   *
   * @param draw where the randomness comes from
   * @return the choice
   */
  DType typeOfStructural(Draw draw);

  /**
   * The type of one of several inputs most of which have a type.
   *
   * @param common that type
   * @param draw where the randomness comes from
   * @return the choice
   */
  DType typeBeside(DType common, Draw draw);

  /**
   * How the elements of an input lie in memory.
   *
   * @param draw where the randomness comes from
   * @return the choice
   */
  Placement placement(Draw draw);

  /** All types, layouts and elements. */
  record RandomInputs() implements InputChoice {

    /** One call in so many has inputs of different types. */
    private static final int MIXED_IN = 4;

    private static final int SPECIAL_IN = 4;

    @Override
    public Elements elementsOfPointwise(Draw draw) {
      return draw.oneIn(SPECIAL_IN)
          ? draw.oneOf(Elements.SPECIAL, Elements.EXTREME)
          : Elements.ORDINARY;
    }

    @Override
    public Elements elementsOfStructural(Draw draw) {
      return draw.oneIn(SPECIAL_IN) ? Elements.SPECIAL : Elements.ORDINARY;
    }

    @Override
    public DType typeOfPointwise(Draw draw) {
      return draw.oneOf(DType.values());
    }

    @Override
    public DType typeOfStructural(Draw draw) {
      return draw.coin() ? draw.oneOf(DType.FLOAT32, DType.FLOAT64) : draw.oneOf(DType.values());
    }

    @Override
    public DType typeBeside(DType common, Draw draw) {
      return draw.oneIn(MIXED_IN) ? draw.oneOf(DType.values()) : common;
    }

    @Override
    public Placement placement(Draw draw) {
      return Placement.draw(draw);
    }
  }

  /**
   * One type, contiguous; nothing is drawn.
   *
   * @param dtype the type
   */
  record PlainInputs(DType dtype) implements InputChoice {

    @Override
    public Elements elementsOfPointwise(Draw draw) {
      return Elements.ORDINARY;
    }

    @Override
    public Elements elementsOfStructural(Draw draw) {
      return Elements.ORDINARY;
    }

    @Override
    public DType typeOfPointwise(Draw draw) {
      return dtype;
    }

    @Override
    public DType typeOfStructural(Draw draw) {
      return dtype;
    }

    @Override
    public DType typeBeside(DType common, Draw draw) {
      return common;
    }

    @Override
    public Placement placement(Draw draw) {
      return Placement.CONTIGUOUS;
    }
  }
}
