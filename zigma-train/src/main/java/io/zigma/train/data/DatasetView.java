package io.zigma.train.data;

import io.zigma.codec.CodecReference;
import io.zigma.codec.LatentPreview;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The pictures of another data set, or some of them: everything that is not overridden is its. */
public abstract class DatasetView implements ImageDataset {

    private final ImageDataset whole;

    /**
     * Makes a view.
     *
     * @param whole the data set whose pictures are shown
     */
    protected DatasetView(ImageDataset whole) {
        this.whole = whole;
    }

    /**
     * Returns the data set whose pictures are shown.
     *
     * @return all of it
     */
    protected final ImageDataset whole() {
        return whole;
    }

    /**
     * Returns which picture of the whole a picture is.
     *
     * @param index from 0 to {@link #size()} − 1
     * @return its index in the whole, the same unless overridden
     */
    protected int original(int index) {
        return Objects.checkIndex(index, size());
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public int size() {
        return whole.size();
    }

    @Override
    public int frames() {
        return whole.frames();
    }

    @Override
    public Optional<ClipOptions> clips() {
        return whole.clips();
    }

    @Override
    public int channels() {
        return whole.channels();
    }

    @Override
    public int height() {
        return whole.height();
    }

    @Override
    public int width() {
        return whole.width();
    }

    @Override
    public List<String> labels() {
        return whole.labels();
    }

    @Override
    public int label(int index) {
        return whole.label(original(index));
    }

    @Override
    public boolean captioned() {
        return whole.captioned();
    }

    @Override
    public List<String> captions(int index) {
        return whole.captions(original(index));
    }

    @Override
    public Map<String, String> attributes(int index) {
        return whole.attributes(original(index));
    }

    @Override
    public void read(int index, boolean flipped, float[] target, int offset) {
        whole.read(original(index), flipped, target, offset);
    }

    @Override
    public Optional<CodecReference> codec() {
        return whole.codec();
    }

    @Override
    public Optional<LatentPreview> preview() {
        return whole.preview();
    }

    @Override
    public boolean canFlip() {
        return whole.canFlip();
    }

    @Override
    public Optional<StoredTexts> storedTexts() {
        return whole.storedTexts();
    }

    /** {@inheritDoc} A part of the pictures has no shards of its own. */
    @Override
    public int[] shardStarts() {
        return size() == whole.size() ? whole.shardStarts() : new int[] {0};
    }

    @Override
    public String contentHash() {
        return whole.contentHash();
    }

    @Override
    public List<SkippedFile> skipped() {
        return whole.skipped();
    }

    @Override
    public List<String> warnings() {
        return whole.warnings();
    }
}
