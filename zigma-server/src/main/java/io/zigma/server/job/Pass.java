package io.zigma.server.job;

import io.zigma.condition.Prompt;
import io.zigma.media.PngFile;
import io.zigma.pipeline.GeneratedImage;
import io.zigma.pipeline.GenerationListener;
import io.zigma.pipeline.GenerationRequest;
import io.zigma.pipeline.NoiseChoice;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * One or more jobs that are sampled at once. A picture depends on its own prompt and seed and not
 * on its neighbours in a batch, so that each is the same, byte for byte, as if its job were alone.
 */
final class Pass {

    /** A preview is worth its time at most so often. */
    private static final long PREVIEW_NANOS = 50_000_000;

    private final List<Job> jobs;
    private final JobStatistics statistics;
    private final List<JobPicture> made = new ArrayList<>();
    private long previewedNanos;
    private boolean previewed;
    private boolean begun;

    Pass(List<Job> jobs, JobStatistics statistics) {
        this.jobs = List.copyOf(jobs);
        this.statistics = statistics;
    }

    /**
     * Returns whether two jobs can be sampled at once: the same model and settings, from the noise
     * of their seeds alone, and not in words, of which notes are made that are the client's own.
     */
    static boolean together(Job one, Job other) {
        return one.model().equals(other.model())
                && canShare(one)
                && canShare(other)
                && settings(one).equals(settings(other));
    }

    private static boolean canShare(Job job) {
        GenerationRequest request = job.request();
        List<Prompt> prompts = request.prompts();
        return !job.model().readsTexts()
                && request.edit() == null
                && request.extension() == null
                && request.noise().equals(NoiseChoice.OWN_SEEDS)
                && (prompts.stream().allMatch(Prompt::isAny)
                        || prompts.stream().noneMatch(Prompt::isAny));
    }

    private static List<Object> settings(Job job) {
        GenerationRequest request = job.request();
        return List.of(
                request.sampler().with(job.model().config().sampling()).spec(),
                request.guidance().with(job.model().config().sampling().guidance()),
                request.batchSize(),
                request.prompts().get(0).isAny());
    }

    boolean begun() {
        return begun;
    }

    /** Returns the request of all jobs together. */
    GenerationRequest request() {
        GenerationRequest first = jobs.get(0).request();
        if (jobs.size() > 1) {
            List<Prompt> prompts = new ArrayList<>();
            List<Long> seeds = new ArrayList<>();
            for (Job job : jobs) {
                int count = job.request().prompts().size();
                prompts.addAll(job.request().prompts());
                for (int i = 0; i < count; i++) {
                    seeds.add(job.request().seed() + i);
                }
            }
            // first without its noise would have too few seeds for a moment
            first = first.withPrompts(prompts).withNoise(new NoiseChoice.GivenSeeds(seeds));
        }
        return first.withListener(listener());
    }

    /** Hands the pictures out. */
    void finish() {
        int from = 0;
        for (Job job : jobs) {
            int to = from + job.request().prompts().size();
            if (job.unwanted()) {
                job.finish(JobState.CANCELLED, List.of(), null);
            } else {
                job.finish(JobState.DONE, made.subList(from, to), null);
            }
            from = to;
        }
    }

    private GenerationListener listener() {
        return new GenerationListener() {
            @Override
            public void noticed(String note) {
                jobs.forEach(job -> job.note(note));
            }

            @Override
            public void evaluated(int images, boolean guided) {
                requireWanted();
            }

            @Override
            public void progress(int done, int total) {
                begun = true;
                statistics.stepped();
                jobs.forEach(job -> job.stepped(done, total));
                requireWanted();
            }

            @Override
            public boolean wantsPreviews() {
                return (!previewed || System.nanoTime() - previewedNanos > PREVIEW_NANOS)
                        && jobs.stream().anyMatch(Job::wantsPreviews);
            }

            @Override
            public void preview(int first, int step, List<BufferedImage> pictures) {
                previewed = true;
                show(first, step, pictures);
                previewedNanos = System.nanoTime();
            }

            @Override
            public void finished(int first, List<GeneratedImage> images) {
                for (GeneratedImage image : images) {
                    Map<String, String> recipe = image.recipe().fields();
                    made.add(
                            new JobPicture(
                                    PngFile.bytes(image.picture(), recipe),
                                    image.frames().size() > 1
                                            ? Optional.of(image.video())
                                            : Optional.empty(),
                                    recipe));
                }
            }
        };
    }

    /** Ends jobs that are not wanted any more, and the pass where none is left. */
    private void requireWanted() {
        boolean any = false;
        for (Job job : jobs) {
            if (job.unwanted()) {
                job.finish(JobState.CANCELLED, List.of(), null);
            } else {
                any = true;
            }
        }
        if (!any) {
            throw new CancellationException("nobody waits for it");
        }
    }

    private void show(int first, int step, List<BufferedImage> pictures) {
        int from = 0;
        for (Job job : jobs) {
            int to = from + job.request().prompts().size();
            int begin = Math.max(from, first);
            int end = Math.min(to, first + pictures.size());
            if (begin < end && job.wantsPreviews()) {
                List<byte[]> pngs =
                        pictures.subList(begin - first, end - first).stream()
                                .map(picture -> PngFile.bytes(picture, Map.of()))
                                .toList();
                job.previewed(new JobEvent.Preview(begin - from, step, pngs));
            }
            from = to;
        }
    }
}
