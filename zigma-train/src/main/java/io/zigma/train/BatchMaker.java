package io.zigma.train;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

import io.zigma.backbone.BackboneSpec;
import io.zigma.condition.Condition;
import io.zigma.diffusion.DiffusionProcess;
import io.zigma.diffusion.Noised;

/** Turns images into what a step trains on: noise, times, points in between, labels. */
final class BatchMaker {

    private final BackboneSpec model;
    private final Objective objective;
    private final DiffusionProcess process;
    private final Draws draws;

    BatchMaker(TrainingConfig config) {
        this.model = config.model();
        this.objective = config.objective();
        this.process = objective.process();
        this.draws = new Draws(config.seed());
    }

    /**
     * Draws noise and times and goes to the points in between.
     *
     * @param step steps taken before this one
     * @param images B·C·H·W values in [−1, 1]
     * @param scope owner of the result
     * @return x_t and its target (B, C, H, W)
     */
    Noised between(long step, float[] images, NDManager scope) {
        int each = model.sample().channels() * model.sample().height() * model.sample().width();
        int batch = images.length / each;
        Shape shape =
                new Shape(
                        batch,
                        model.sample().channels(),
                        model.sample().height(),
                        model.sample().width());
        float[] noise = new float[images.length];
        double[] times = new double[batch];
        for (int image = 0; image < batch; image++) {
            float[] values = draws.normal(Draws.Use.NOISE, step, image, each);
            System.arraycopy(values, 0, noise, image * each, each);
            times[image] = process.trainingTime(fraction(step, image));
        }
        return process.noised(scope.create(images, shape), scope.create(noise, shape), times);
    }

    private double fraction(long step, int image) {
        return objective
                .times()
                .fraction(
                        draws.uniform(Draws.Use.TIME, step, image),
                        draws.normal(Draws.Use.TIME, step, image, 1)[0]);
    }

    /**
     * Returns the condition, which for some samples is the null one.
     *
     * @param step steps taken before this one
     * @param labels one class an image
     * @param scope owner of the result
     * @return the condition (B, …)
     */
    Condition condition(long step, int[] labels, NDManager scope) {
        boolean[] dropped = new boolean[labels.length];
        for (int image = 0; image < dropped.length; image++) {
            dropped[image] = draws.uniform(Draws.Use.LABEL, step, image) < objective.labelDropout();
        }
        return model.conditioning().ofLabels(scope, labels, dropped);
    }
}
