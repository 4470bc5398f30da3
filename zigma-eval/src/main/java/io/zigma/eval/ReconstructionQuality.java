package io.zigma.eval;

import io.zigma.eval.metric.FeatureStatistics;
import io.zigma.eval.metric.FrechetDistance;
import io.zigma.eval.metric.PictureSimilarity;
import io.zigma.media.PictureFormat;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How much of pictures an autoencoder keeps.
 *
 * @param pictures how many
 * @param psnr mean peak signal-to-noise ratio of the pictures, in decibels
 * @param worstPsnr that of the picture that is worst
 * @param ssim mean structural similarity; nothing for pictures smaller than a window
 * @param frechet Fréchet distance of features; nothing where no network takes them
 */
public record ReconstructionQuality(
        int pictures, double psnr, double worstPsnr, OptionalDouble ssim, OptionalDouble frechet) {

    /**
     * Compares pictures with what became of them.
     *
     * @param originals at least one
     * @param reconstructions the same pictures, encoded and decoded
     * @param networks whose features are compared; null for none
     * @param cache stores features
     * @return the figures
     * @throws IOException if features cannot be stored
     */
    public static ReconstructionQuality of(
            Pictures originals,
            Pictures reconstructions,
            @Nullable FeatureNetworks networks,
            FeatureCache cache)
            throws IOException {
        PictureFormat format = originals.format();
        int size = format.elements();
        byte[] before = originals.levels();
        byte[] after = reconstructions.levels();
        boolean windows = Math.min(format.height(), format.width()) >= PictureSimilarity.WINDOW;
        double psnr = 0;
        double worst = Double.POSITIVE_INFINITY;
        double ssim = 0;
        for (int i = 0; i < originals.count(); i++) {
            byte[] one = Arrays.copyOfRange(before, i * size, (i + 1) * size);
            byte[] other = Arrays.copyOfRange(after, i * size, (i + 1) * size);
            double own = PictureSimilarity.psnr(one, other);
            psnr += own;
            worst = Math.min(worst, own);
            if (windows) {
                ssim +=
                        PictureSimilarity.ssim(
                                one, other, format.channels(), format.height(), format.width());
            }
        }
        int n = originals.count();
        OptionalDouble frechet = OptionalDouble.empty();
        if (networks != null && n > 1) {
            frechet =
                    OptionalDouble.of(
                            FrechetDistance.between(
                                    statistics(originals, networks, cache),
                                    statistics(reconstructions, networks, cache)));
        }
        return new ReconstructionQuality(
                n,
                psnr / n,
                worst,
                windows ? OptionalDouble.of(ssim / n) : OptionalDouble.empty(),
                frechet);
    }

    private static FeatureStatistics statistics(
            Pictures pictures, FeatureNetworks networks, FeatureCache cache) throws IOException {
        return FeatureStatistics.of(cache.outputOf(networks.extractor(), pictures).features());
    }
}
