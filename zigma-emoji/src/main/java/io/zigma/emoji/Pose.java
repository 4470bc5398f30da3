package io.zigma.emoji;

/**
 * Where a drawing is in one frame. Lengths are fractions of the picture's side.
 *
 * @param scale the drawing's side
 * @param right from the picture's middle to the drawing's middle
 * @param down from the picture's middle to the drawing's middle
 * @param turn clockwise, in radians
 */
record Pose(double scale, double right, double down, double turn) {}
