package io.zigma.eval.sampling;

import io.zigma.base.SampleShape;
import io.zigma.condition.Prompt;
import io.zigma.eval.Pictures;
import io.zigma.eval.Samples;
import io.zigma.media.PictureFormat;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.GuidanceChoice;
import io.zigma.pipeline.ImageGenerator;
import io.zigma.pipeline.SamplerChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Samples for an evaluation, stored as they are made: a run that was stopped resumes where it was,
 * and more samples of the same settings begin with those that are there.
 */
public final class Sampling {

    private final Path folder;
    private final int batchSize;

    /**
     * Sets where samples are stored.
     *
     * @param folder for the samples of all settings; made when it is needed
     * @param batchSize how many are computed at once, at least 1; it changes speed and memory only
     */
    public Sampling(Path folder, int batchSize) {
        this.folder = folder;
        this.batchSize = batchSize;
    }

    /** Receives progress; stops the sampling by throwing. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Called before the first picture and after every step.
         *
         * @param done pictures that are finished, those of a former run included
         * @param total pictures there will be
         */
        void progress(int done, int total);
    }

    /**
     * Counts samples that a former run left.
     *
     * @param settings what decides them
     * @param format the size of each
     * @param count how many are wanted
     * @return at most {@code count}
     * @throws IOException if what is there is of other settings
     */
    public int stored(SampleSettings settings, SampleShape format, int count) throws IOException {
        SampleStore store = new SampleStore(folder, settings, format);
        int stored = 0;
        for (int first = 0; first < count; first += SampleStore.SHARD) {
            int wanted = Math.min(SampleStore.SHARD, count - first);
            stored += Math.min(wanted, store.read(first / SampleStore.SHARD).pictures().count());
        }
        return stored;
    }

    /**
     * Makes the samples that are not there yet and returns them all.
     *
     * @param generator a loaded model, that of the settings
     * @param settings what decides the samples
     * @param format the size of each, that of the model
     * @param count how many, at least 1
     * @param listener receives progress on this thread
     * @return the samples, the same however often the run was stopped
     * @throws IOException if samples cannot be read or stored
     */
    public Samples take(
            ImageGenerator generator,
            SampleSettings settings,
            SampleShape format,
            int count,
            Listener listener)
            throws IOException {
        SampleStore store = new SampleStore(folder, settings, format);
        int[] labels = settings.classes().labels(count);
        int done = stored(settings, format, count);
        listener.progress(done, count);
        byte[] levels = new byte[Pictures.length(format, count)];
        double evaluations = 0;
        double passes = 0;
        for (int first = 0; first < count; first += SampleStore.SHARD) {
            int wanted = Math.min(SampleStore.SHARD, count - first);
            int number = first / SampleStore.SHARD;
            SampleStore.Shard shard = store.read(number);
            int there = shard.pictures().count();
            if (there < wanted) {
                int[] missing = Arrays.copyOfRange(labels, first + there, first + wanted);
                SampleStore.Shard made =
                        make(
                                generator,
                                settings,
                                format,
                                first + there,
                                missing,
                                done,
                                count,
                                listener);
                shard =
                        new SampleStore.Shard(
                                shard.pictures().followedBy(made.pictures()),
                                shard.evaluations() + made.evaluations(),
                                shard.passes() + made.passes());
                store.write(number, shard);
                done += missing.length;
                listener.progress(done, count);
            }
            // a shard may hold more than are wanted now; its average is used for those
            double part = (double) wanted / shard.pictures().count();
            evaluations += shard.evaluations() * part;
            passes += shard.passes() * part;
            System.arraycopy(
                    shard.pictures().levels(),
                    0,
                    levels,
                    first * format.size(),
                    wanted * format.size());
        }
        return new Samples(
                Pictures.of(format, levels), labels, evaluations / count, passes / count);
    }

    private SampleStore.Shard make(
            ImageGenerator generator,
            SampleSettings settings,
            SampleShape format,
            int first,
            int[] labels,
            int done,
            int total,
            Listener listener) {
        Counting counting =
                new Counting(
                        (step, steps) ->
                                listener.progress(
                                        done + (int) ((long) labels.length * step / steps), total));
        List<Prompt> wanted = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            wanted.add(settings.prompt(first + i, labels[i]));
        }
        List<GeneratedImage> images =
                generator.generate(
                        new GenerationRequest(
                                wanted,
                                settings.imageSeed(first),
                                new SamplerChoice.Given(settings.sampler()),
                                GuidanceChoice.of(settings.guidance()),
                                null,
                                false,
                                batchSize,
                                counting));
        Pictures frames =
                Pictures.of(
                        new PictureFormat(format.channels(), format.height(), format.width()),
                        images.stream().flatMap(image -> image.frames().stream()).toList());
        return new SampleStore.Shard(
                format.isVideo() ? frames.asClips(format.frames()) : frames,
                counting.evaluations,
                counting.passes);
    }

    /** Adds up the model's evaluations. */
    private static final class Counting implements GenerationListener {

        private final GenerationListener listener;
        private long evaluations;
        private long passes;

        Counting(GenerationListener listener) {
            this.listener = listener;
        }

        @Override
        public void progress(int done, int total) {
            listener.progress(done, total);
        }

        @Override
        public void evaluated(int images, boolean guided) {
            evaluations += images;
            passes += guided ? 2L * images : images;
        }
    }
}
