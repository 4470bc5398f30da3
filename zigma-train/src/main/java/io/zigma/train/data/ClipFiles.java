package io.zigma.train.data;

import io.zigma.io.ContentHash;
import io.zigma.media.ClipSource;
import io.zigma.media.ClipWindows;
import io.zigma.media.MediaException;
import io.zigma.media.PictureFormat;
import io.zigma.media.PictureSource;
import io.zigma.train.data.ClipOptions.Layout;
import io.zigma.train.data.PictureTree.Leaf;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Clips of any size and length, brought to one size and number of frames: long ones are cut into
 * windows, each of which is a sample.
 *
 * <p>Every clip is decoded once when the data set is opened, so that a damaged one is known by
 * then, and stored in memory while there is room; the others are decoded again whenever they are
 * read.
 */
final class ClipFiles extends LabelledFiles {

    private final ClipOptions options;
    private final List<Entry> entries;

    /** A window that can be read; its bytes if they are in memory; what is said of its clip. */
    private record Entry(
            Clip clip,
            int window,
            int label,
            byte @Nullable [] decoded,
            @Nullable Captioned captioned)
            implements Sample {}

    /** A clip by the path that messages name. */
    private record Clip(String shown, ClipSource source) {}

    private ClipFiles(Opening opening, PictureTree.Branch root, Findings findings) {
        super(
                root.name(),
                opening.format,
                opening.entries,
                opening.labels,
                opening.hash,
                findings,
                root.shown());
        this.options = opening.options;
        this.entries = List.copyOf(opening.entries);
    }

    /**
     * Reads all clips of a tree.
     *
     * @param files names of pictures and folders
     * @param options size, memory, and how clips are read
     * @param findings takes note of what is left out
     * @throws DatasetException if there are none, or a whole class cannot be read
     */
    static ClipFiles open(PictureTree.Branch files, DatasetOptions options, Findings findings)
            throws DatasetException {
        PictureFormat format = PictureFiles.checked(files.shown(), options);
        ClipOptions clips = Objects.requireNonNull(options.clips());
        ClipTree folders = new ClipTree();
        PictureTree.Branch root =
                clips.layout() instanceof Layout.Folders ? folders.of(files, findings) : files;
        CaptionFiles captions = CaptionFiles.of(root);
        boolean everything = options.everything() || captions.describedAtRoot();
        List<ClassLayout.Part> all = ClassLayout.of(root, everything, findings);
        List<ClassLayout.Part> captioned = captions.chosen(all, findings);
        List<ClassLayout.Part> parts = captioned == null ? all : captioned;
        List<Leaf> leaves = parts.stream().flatMap(part -> part.files().stream()).toList();
        List<Attempt> attempts = new Reading(format, options, clips, folders).readAll(leaves);
        Opening opening = new Opening(format, clips, captioned == null ? null : captions);
        int from = 0;
        for (ClassLayout.Part part : parts) {
            int to = from + part.files().size();
            opening.add(root, part, attempts.subList(from, to), findings);
            from = to;
        }
        if (opening.entries.isEmpty()) {
            List<SkippedFile> skipped = findings.skipped();
            throw new DatasetException(
                    skipped.isEmpty()
                            ? "%s: no clips found%s"
                                    .formatted(
                                            root.shown(),
                                            findings.others().isEmpty()
                                                    ? ""
                                                    : " but " + findings.others())
                            : "%s: no clip can be read; the first is %s"
                                    .formatted(root.shown(), skipped.get(0)));
        }
        return new ClipFiles(opening, root, findings);
    }

    /** What became of a clip: windows, null for those that memory has no room for. */
    private record Attempt(
            Clip clip, List<Optional<byte[]>> windows, byte[] sha256, @Nullable String failure) {}

    /** Decodes every clip once, in parallel. */
    private static final class Reading {

        private final PictureFormat format;
        private final ClipOptions clips;
        private final ClipTree folders;
        private final ReadingListener listener;
        private final AtomicLong room;
        private final AtomicInteger done = new AtomicInteger();

        Reading(PictureFormat format, DatasetOptions options, ClipOptions clips, ClipTree folders) {
            this.format = format;
            this.clips = clips;
            this.folders = folders;
            this.listener = options.listener();
            this.room = new AtomicLong(options.cacheBytes());
        }

        List<Attempt> readAll(List<Leaf> leaves) {
            return IntStream.range(0, leaves.size())
                    .parallel()
                    .mapToObj(
                            i -> {
                                Attempt attempt = attempt(leaves.get(i));
                                report(leaves.size());
                                return attempt;
                            })
                    .toList();
        }

        private synchronized void report(int total) {
            listener.read(done.incrementAndGet(), total);
        }

        private Attempt attempt(Leaf leaf) {
            List<Leaf> frames = folders.frames(leaf);
            Clip clip = new Clip(leaf.shown(), source(leaf, frames));
            List<Optional<byte[]>> windows = new ArrayList<>();
            String failure = null;
            byte[] sha256 = new byte[0];
            try {
                requireNoGap(frames);
                sha256 = hash(frames.isEmpty() ? List.of(leaf) : frames);
                ClipWindows.read(
                        clip.source(),
                        format,
                        clips.sampling(),
                        (number, pixels) -> {
                            boolean fits = room.addAndGet(-pixels.length) >= 0;
                            windows.add(fits ? Optional.of(pixels) : Optional.empty());
                            return true;
                        });
            } catch (MediaException e) {
                failure = e.getMessage();
            } catch (IOException e) {
                failure = "cannot be read (%s)".formatted(FolderTree.reason(e));
            } catch (RuntimeException e) {
                failure = "damaged (%s)".formatted(e);
            }
            return new Attempt(clip, failure == null ? windows : List.of(), sha256, failure);
        }

        private ClipSource source(Leaf leaf, List<Leaf> frames) {
            if (!frames.isEmpty()) {
                return ClipSource.frames(
                        frames.stream().map(Leaf::source).toList(), clips.sourceFps());
            }
            return clips.layout() instanceof Layout.Sheets sheets
                    ? ClipSource.sheet(leaf.source(), sheets.sheet(), clips.sourceFps())
                    : ClipSource.file(leaf.source());
        }

        /** A frame that is missing would let a clip jump without a word. */
        private static void requireNoGap(List<Leaf> frames) throws MediaException {
            for (int i = 1; i < frames.size(); i++) {
                BigInteger before = ClipTree.number(frames.get(i - 1).name());
                BigInteger own = ClipTree.number(frames.get(i).name());
                if (before.signum() < 0 || own.signum() < 0) {
                    throw new MediaException(
                            "its frames are not numbered: %s, %s"
                                    .formatted(frames.get(i - 1).name(), frames.get(i).name()));
                }
                if (!own.equals(before.add(BigInteger.ONE))) {
                    throw new MediaException(
                            own.equals(before)
                                    ? "%s and %s have the same number"
                                            .formatted(
                                                    frames.get(i - 1).name(), frames.get(i).name())
                                    : "no frame follows %s before %s"
                                            .formatted(
                                                    frames.get(i - 1).name(),
                                                    frames.get(i).name()));
                }
            }
        }

        private static byte[] hash(List<Leaf> files) throws IOException {
            if (files.size() == 1) {
                return hash(files.get(0).source());
            }
            ContentHash hash = new ContentHash();
            for (Leaf file : files) {
                hash.add(hash(file.source()));
            }
            return ContentHash.of(hash.hex().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        private static byte[] hash(PictureSource file) throws IOException {
            try (ImageInputStream in = file.open()) {
                return ContentHash.of(new ImageBytes(in));
            }
        }
    }

    /** What is gathered while a data set is opened. */
    private static final class Opening {

        private final PictureFormat format;
        private final ClipOptions options;
        private final @Nullable CaptionFiles captions;
        private final List<Entry> entries = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private final ContentHash hash = new ContentHash();

        Opening(PictureFormat format, ClipOptions options, @Nullable CaptionFiles captions) {
            this.format = format;
            this.options = options;
            this.captions = captions;
            // other frames of the same files are other data
            hash.add("clips " + options);
        }

        void add(
                PictureTree.Branch root,
                ClassLayout.Part part,
                List<Attempt> attempts,
                Findings findings)
                throws DatasetException {
            int label = part.label() == null ? PictureFiles.NO_CLASS : labels.size();
            int before = entries.size();
            for (int i = 0; i < attempts.size(); i++) {
                Attempt attempt = attempts.get(i);
                Leaf file = part.files().get(i);
                if (attempt.failure() != null) {
                    findings.skip(file.shown(), attempt.failure());
                    continue;
                }
                Captioned captioned = captions == null ? null : captions.of(file);
                for (int window = 0; window < attempt.windows().size(); window++) {
                    entries.add(
                            new Entry(
                                    attempt.clip(),
                                    window,
                                    label,
                                    attempt.windows().get(window).orElse(null),
                                    captioned));
                }
                LabelledFiles.add(hash, part.folder(), attempt.sha256(), captioned);
            }
            if (part.label() == null) {
                return;
            }
            if (entries.size() == before) {
                throw new DatasetException(
                        "%s: no clip of class '%s' can be read, and a class must not be lost; repair or remove its folder. The first is %s: %s"
                                .formatted(
                                        root.shown(),
                                        part.label(),
                                        part.files().get(0).shown(),
                                        attempts.get(0).failure()));
            }
            labels.add(part.label());
        }
    }

    @Override
    public int frames() {
        return options.sampling().frames();
    }

    @Override
    public Optional<ClipOptions> clips() {
        return Optional.of(options);
    }

    @Override
    byte[] decode(int index) throws IOException {
        Entry entry = entries.get(index);
        return ClipWindows.window(
                entry.clip().source(), format(), options.sampling(), entry.window());
    }

    @Override
    String shown(int index) {
        return entries.get(index).clip().shown();
    }
}
