package io.zigma.eval;

import ai.djl.Device;
import io.zigma.eval.feature.FeatureExtractor;
import io.zigma.eval.metric.Ball;
import io.zigma.eval.metric.FeatureMatrix;
import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.KernelDistance;
import io.zigma.eval.metric.KernelSubsets;
import io.zigma.eval.metric.PairWork;
import io.zigma.eval.metric.PolynomialKernel;
import io.zigma.eval.metric.Prdc;

/** The work of an evaluation in this process. */
final class LocalWork implements EvaluationWork {

    @Override
    public NetworkOutput output(
            FeatureExtractor network,
            Pictures pictures,
            Device device,
            FeatureCache.Listener listener) {
        return NetworkOutput.of(network, pictures, device, listener);
    }

    @Override
    public NearestPictures.Found nearest(Pictures queries, Pictures points) {
        return NearestPictures.of(queries, points);
    }

    @Override
    public FeatureStatistics statistics(FeatureMatrix features) {
        return PairWork.HERE.statistics(features);
    }

    @Override
    public KernelDistance kernelDistance(
            FeatureMatrix real,
            FeatureMatrix generated,
            PolynomialKernel kernel,
            KernelSubsets subsets) {
        return PairWork.HERE.kernelDistance(real, generated, kernel, subsets);
    }

    @Override
    public Prdc prdc(FeatureMatrix real, FeatureMatrix generated, int k, Ball ball) {
        return PairWork.HERE.prdc(real, generated, k, ball);
    }
}
