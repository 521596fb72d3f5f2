<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Actions</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>Find next</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Find previous</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Show or hide conversations</source>
        <translation>显示或隐藏对话列表</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>写消息</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>How the model is loaded</source>
        <translation>模型的加载方式</translation>
    </message>
    <message>
        <source>Stop and ask</source>
        <translation>停下并询问</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Summarise the oldest messages</source>
        <translation>概括最早的消息</translation>
    </message>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
</context>
<context>
    <name>AdapterList</name>
    <message>
        <source>Add adapter…</source>
        <translation>添加适配器…</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>LoRA files that change how it answers.</source>
        <translation>改变回答方式的 LoRA 文件。</translation>
    </message>
    <message>
        <source>{adapter}: the file is gone</source>
        <translation>{adapter}：文件已不存在</translation>
    </message>
    <message>
        <source>How much of {adapter} is used</source>
        <translation>{adapter} 的强度</translation>
    </message>
    <message>
        <source>Remove {adapter}</source>
        <translation>移除 {adapter}</translation>
    </message>
    <message>
        <source>Add adapter</source>
        <translation>添加适配器</translation>
    </message>
    <message>
        <source>Adapters (*.gguf)</source>
        <translation>适配器 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>AnswerFooter</name>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Leave out the oldest messages</source>
        <translation>略去最早的消息</translation>
    </message>
    <message>
        <source>Summarise them</source>
        <translation>概括它们</translation>
    </message>
    <message>
        <source>Use {length} tokens</source>
        <translation>改用 {length} 个词元</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
</context>
<context>
    <name>AnswerState</name>
    <message>
        <source>You stopped this answer.</source>
        <translation>你停止了这个回答。</translation>
    </message>
    <message>
        <source>Chatapp closed while this was being written.</source>
        <translation>生成这个回答时 Chatapp 关闭了。</translation>
    </message>
    <message>
        <source>The answer reached its length limit.</source>
        <translation>回答已达到长度上限。</translation>
    </message>
    <message>
        <source>The conversation is as long as the model can read.</source>
        <translation>对话已达到模型的上下文长度。</translation>
    </message>
    <message>
        <source>The answer could not be finished</source>
        <translation>回答未能完成</translation>
    </message>
    <message>
        <source>What was written is saved.</source>
        <translation>已写出的内容都已保存。</translation>
    </message>
    <message>
        <source>The answer could not be saved</source>
        <translation>回答未能保存</translation>
    </message>
    <message>
        <source>It is kept here and saved when that is possible again.</source>
        <translation>内容暂时保留在这里，可以保存时会自动保存。</translation>
    </message>
    <message>
        <source>The message is too long</source>
        <translation>消息太长</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>没有得到回答</translation>
    </message>
    <message>
        <source>Your message is saved.</source>
        <translation>你的消息已保存。</translation>
    </message>
    <message>
        <source>This conversation is longer than the model can read.</source>
        <translation>这个对话超出了模型能读取的长度。</translation>
    </message>
    <message>
        <source>It has {needed} tokens, and the model can read {available}.</source>
        <translation>它有 {needed} 个词元，而模型能读取 {available} 个。</translation>
    </message>
    <message>
        <source>{percent}%</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>{done} of {total} tokens</source>
        <translation>{done} / {total} 个词元</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
    <message>
        <source>Reading the prompt</source>
        <translation>正在读取提示</translation>
    </message>
    <message>
        <source>Summarising the oldest messages</source>
        <translation>正在概括最早的消息</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>first token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>{count} of {total} prompt tokens reused</source>
        <translation>提示的 {total} 个词元中复用 {count} 个</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
</context>
<context>
    <name>AttachmentChip</name>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>1 line</source>
        <translation>1 行</translation>
    </message>
    <message>
        <source>{count} lines</source>
        <translation>{count} 行</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
</context>
<context>
    <name>AttachmentList</name>
    <message>
        <source>Attachments</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
    <message>
        <source>At most {count} files can go with one message.</source>
        <translation>一条消息最多附带 {count} 个文件。</translation>
    </message>
    <message>
        <source>And {count} more.</source>
        <translation>还有 {count} 个。</translation>
    </message>
</context>
<context>
    <name>AttachmentPreview</name>
    <message>
        <source>Content</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>The first {count} lines</source>
        <translation>前 {count} 行</translation>
    </message>
</context>
<context>
    <name>Badge</name>
    <message>
        <source>Fits</source>
        <translation>合适</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>勉强</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>太大</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>CatalogCard</name>
    <message>
        <source>In library</source>
        <translation>已在模型库</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Needs permission</source>
        <translation>需要许可</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在开始</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
</context>
<context>
    <name>ChatPane</name>
    <message>
        <source>The conversation can&apos;t be opened</source>
        <translation>无法打开对话</translation>
    </message>
    <message>
        <source>The message was not sent</source>
        <translation>消息未发送</translation>
    </message>
    <message>
        <source>The answer was not begun</source>
        <translation>回答未能开始</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>没有任何更改</translation>
    </message>
    <message>
        <source>What you are writing can&apos;t be kept</source>
        <translation>无法保存正在输入的内容</translation>
    </message>
</context>
<context>
    <name>CodeLayout</name>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Save code as a file</source>
        <translation>将代码存为文件</translation>
    </message>
    <message>
        <source>Wrap lines</source>
        <translation>自动换行</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Attach files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Write the next message. It is sent when this answer ends.</source>
        <translation>写下一条消息。这个回答结束后就会发送。</translation>
    </message>
    <message>
        <source>Message {model}</source>
        <translation>给 {model} 发消息</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>写消息</translation>
    </message>
</context>
<context>
    <name>ConnectionDialog</name>
    <message>
        <source>Hub and network</source>
        <translation>Hub 与网络</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
</context>
<context>
    <name>ConnectionSettings</name>
    <message>
        <source>huggingface.co, the official one</source>
        <translation>huggingface.co（官方）</translation>
    </message>
    <message>
        <source>hf-mirror.com, a mirror</source>
        <translation>hf-mirror.com（镜像）</translation>
    </message>
    <message>
        <source>Another address</source>
        <translation>其他地址</translation>
    </message>
    <message>
        <source>Address of the Hub</source>
        <translation>Hub 地址</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Access token</source>
        <translation>访问令牌</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Paste a token first</source>
        <translation>先粘贴令牌</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Keep the computer awake</source>
        <translation>保持电脑唤醒</translation>
    </message>
    <message>
        <source>Several connections</source>
        <translation>多个连接</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>测试连接</translation>
    </message>
    <message>
        <source>For search and downloads</source>
        <translation>用于搜索和下载</translation>
    </message>
    <message>
        <source>Of a mirror or of your own Hub</source>
        <translation>镜像或自建 Hub 的地址</translation>
    </message>
    <message>
        <source>Empty: the one of the system</source>
        <translation>留空则使用系统代理</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA 文件</translation>
    </message>
    <message>
        <source>Certificates to trust besides those of the system, for company networks</source>
        <translation>除系统证书外还要信任的证书，用于公司网络</translation>
    </message>
    <message>
        <source>No connections at all; everything on this computer works as ever</source>
        <translation>不建立任何连接；这台电脑上的一切照常使用</translation>
    </message>
    <message>
        <source>Asks for one model and for one byte of its file</source>
        <translation>查询一个模型，并读取其文件的一个字节</translation>
    </message>
    <message>
        <source>While something is being downloaded</source>
        <translation>下载期间</translation>
    </message>
    <message>
        <source>Faster where a server is slow for each of them</source>
        <translation>在服务器限制单个连接速度时更快</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>Hub</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Not sent: the connection to {host} can be read on the way</source>
        <translation>不会发送：到 {host} 的连接可能被中途读取</translation>
    </message>
    <message>
        <source>Kept in the system&apos;s keyring and sent to {host} only</source>
        <translation>保存在系统密钥环中，只发送给 {host}</translation>
    </message>
    <message>
        <source>Sent to {host} only</source>
        <translation>只发送给 {host}</translation>
    </message>
    <message>
        <source>No keyring on this computer: kept for this session only.</source>
        <translation>这台电脑没有密钥环：仅在本次运行中保留。</translation>
    </message>
    <message>
        <source>For models that need permission; sent to {host} only</source>
        <translation>用于需要许可的模型；只发送给 {host}</translation>
    </message>
    <message>
        <source>A proxy is written as {example}.</source>
        <translation>代理的写法如 {example}。</translation>
    </message>
    <message>
        <source>Choose a CA file</source>
        <translation>选择 CA 文件</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>证书 (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The connection is being tested</source>
        <translation>正在测试连接</translation>
    </message>
    <message>
        <source>Asking {host}</source>
        <translation>正在询问 {host}</translation>
    </message>
    <message>
        <source>{host} answers, but has no model to try</source>
        <translation>{host} 有响应，但没有可供测试的模型</translation>
    </message>
    <message>
        <source>{host} answers and gives data</source>
        <translation>{host} 有响应，数据可以下载</translation>
    </message>
    <message>
        <source>{host} answers, and {data} gives data</source>
        <translation>{host} 有响应，{data} 可以下载数据</translation>
    </message>
    <message>
        <source>{host} answers, but the data lies on {data}: {sentence}</source>
        <translation>{host} 有响应，但数据在 {data} 上：{sentence}</translation>
    </message>
    <message>
        <source>{host} answers, but gives no data: {sentence}</source>
        <translation>{host} 有响应，但不提供数据：{sentence}</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>Pinned</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Previous 7 days</source>
        <translation>过去 7 天</translation>
    </message>
    <message>
        <source>Previous 30 days</source>
        <translation>过去 30 天</translation>
    </message>
    <message>
        <source>MMMM</source>
        <comment>a month of this year: a date format of Qt</comment>
        <translation>M 月</translation>
    </message>
    <message>
        <source>MMMM yyyy</source>
        <comment>a month: a date format of Qt</comment>
        <translation>yyyy 年 M 月</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>an answer is being written</source>
        <translation>正在生成回答</translation>
    </message>
    <message>
        <source>new answer</source>
        <translation>有新回答</translation>
    </message>
</context>
<context>
    <name>ConversationPanel</name>
    <message>
        <source>Moved to Trash</source>
        <translation>已移到废纸篓</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>DetailsBlock</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Open log folder</source>
        <translation>打开日志文件夹</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>DiscoverFoot</name>
    <message>
        <source>Loading more</source>
        <translation>正在加载更多</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>No model is like that.</source>
        <translation>没有符合条件的模型。</translation>
    </message>
    <message>
        <source>Only models with GGUF files are listed. Try fewer words.</source>
        <translation>只列出有 GGUF 文件的模型。可以少用几个词。</translation>
    </message>
    <message>
        <source>The filters may hide what you look for.</source>
        <translation>要找的模型可能被筛选条件隐藏了。</translation>
    </message>
    <message>
        <source>Clear filters</source>
        <translation>清除筛选</translation>
    </message>
    <message>
        <source>Clear search</source>
        <translation>清除搜索</translation>
    </message>
</context>
<context>
    <name>DiscoverHead</name>
    <message>
        <source>Searching {host}</source>
        <translation>正在搜索 {host}</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Fits means: weights, {context} and buffers in memory that is free now</source>
        <translation>“合适”指权重、{context} 和缓冲区都能放进当前空闲的内存</translation>
    </message>
    <message>
        <source>The list below comes with Chatapp; what is on this computer works as ever.</source>
        <translation>下面的列表是 Chatapp 自带的；这台电脑上的模型照常使用。</translation>
    </message>
    <message>
        <source>Connections are off</source>
        <translation>连接已关闭</translation>
    </message>
    <message>
        <source>The Hub can&apos;t be asked now</source>
        <translation>现在无法询问 Hub</translation>
    </message>
    <message>
        <source>No connection to the Hub</source>
        <translation>无法连接 Hub</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use hf-mirror.com</source>
        <translation>使用 hf-mirror.com</translation>
    </message>
</context>
<context>
    <name>DiscoverTab</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>{size} memory</source>
        <translation>{size} 内存</translation>
    </message>
</context>
<context>
    <name>DownloadNote</name>
    <message>
        <source>Downloads: {state}</source>
        <translation>下载：{state}</translation>
    </message>
    <message>
        <source>1 needs you</source>
        <translation>1 项需要处理</translation>
    </message>
    <message>
        <source>{count} need you</source>
        <translation>{count} 项需要处理</translation>
    </message>
</context>
<context>
    <name>DownloadRow</name>
    <message>
        <source>Downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>Free up space</source>
        <translation>腾出空间</translation>
    </message>
    <message>
        <source>Move models folder…</source>
        <translation>移动模型文件夹…</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Try again now</source>
        <translation>立即重试</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>DownloadsTab</name>
    <message>
        <source>Needs you</source>
        <translation>需要处理</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>队列</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Clear list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Cancel the download of {name}?</source>
        <translation>取消下载 {name}？</translation>
    </message>
    <message>
        <source>The {size} that are here already are deleted. Pause it instead to go on later.</source>
        <translation>已下载的 {size} 会被删除。想以后继续，可以改为暂停。</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Cancel the download</source>
        <translation>取消下载</translation>
    </message>
</context>
<context>
    <name>ErrorDialog</name>
    <message>
        <source>Chatapp ended unexpectedly last time</source>
        <translation>Chatapp 上次意外退出</translation>
    </message>
    <message>
        <source>Your conversations are saved. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>发生了意外错误</translation>
    </message>
    <message>
        <source>Your conversations are saved and you can go on. The details below stay on this computer; nothing is sent anywhere.</source>
        <translation>你的对话都已保存，可以继续使用。下面的详情只留在这台电脑上，不会发送出去。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>How to get it</source>
        <translation>如何获取</translation>
    </message>
    <message>
        <source>In library</source>
        <translation>已在模型库</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在开始</translation>
    </message>
</context>
<context>
    <name>FilesHead</name>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>质量</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>In memory</source>
        <translation>内存占用</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
</context>
<context>
    <name>FilesTable</name>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>还有 {count} 个</translation>
    </message>
    <message>
        <source>All {count} files</source>
        <translation>全部 {count} 个文件</translation>
    </message>
    <message>
        <source>Other files</source>
        <translation>其他文件</translation>
    </message>
    <message>
        <source>Only the recommended file</source>
        <translation>只看推荐的文件</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>视觉</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>适合这台电脑</translation>
    </message>
    <message>
        <source>Up to {count} billion</source>
        <translation>不超过 {count}B</translation>
    </message>
    <message>
        <source>Any size</source>
        <translation>任意大小</translation>
    </message>
    <message>
        <source>Over 15 billion</source>
        <translation>15B 以上</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Any licence</source>
        <translation>任意许可证</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在这个对话中查找</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一个匹配项</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一个匹配项</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Searching</source>
        <translation>正在查找</translation>
    </message>
    <message>
        <source>About {total}</source>
        <translation>约 {total} 个</translation>
    </message>
    <message>
        <source>No matches</source>
        <translation>没有匹配项</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>第 {number} 个，共 {total} 个</translation>
    </message>
    <message>
        <source>1 match</source>
        <translation>1 个匹配项</translation>
    </message>
    <message>
        <source>{total} matches</source>
        <translation>{total} 个匹配项</translation>
    </message>
</context>
<context>
    <name>FitBar</name>
    <message>
        <source>{part} free now</source>
        <translation>当前空闲 {part}</translation>
    </message>
    <message>
        <source>needs {need}, {free} free now</source>
        <translation>需要 {need}，当前空闲 {free}</translation>
    </message>
    <message>
        <source>{size} in all</source>
        <translation>共 {size}</translation>
    </message>
    <message>
        <source>Used by others</source>
        <translation>其他程序占用</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Buffers</source>
        <translation>缓冲区</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>缺少</translation>
    </message>
</context>
<context>
    <name>FitCard</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Context memory</source>
        <translation>上下文精度</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>适合这台电脑</translation>
    </message>
    <message>
        <source>Just fits this computer</source>
        <translation>勉强适合这台电脑</translation>
    </message>
    <message>
        <source>Too large for this computer</source>
        <translation>对这台电脑来说太大</translation>
    </message>
    <message>
        <source>{size} missing</source>
        <translation>缺少 {size}</translation>
    </message>
    <message>
        <source>{size} to spare</source>
        <translation>剩余 {size}</translation>
    </message>
    <message>
        <source>This counts {size} that unloading the present model gives back.</source>
        <translation>其中 {size} 来自卸载当前模型。</translation>
    </message>
    <message>
        <source>When it was last loaded: estimated {estimated}, measured {measured}.</source>
        <translation>上次加载时：估计 {estimated}，实测 {measured}。</translation>
    </message>
    <message>
        <source>Main memory</source>
        <translation>内存</translation>
    </message>
</context>
<context>
    <name>GatedNotice</name>
    <message>
        <source>{maker} wants its terms accepted first</source>
        <translation>需要先接受 {maker} 的条款</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>打开页面</translation>
    </message>
    <message>
        <source>Change the access token</source>
        <translation>更改访问令牌</translation>
    </message>
    <message>
        <source>Enter an access token</source>
        <translation>输入访问令牌</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Open the page, log in and accept the terms.</source>
        <translation>打开页面，登录并接受条款。</translation>
    </message>
    <message>
        <source>Open the page, log in and ask for access; the maker answers by mail.</source>
        <translation>打开页面，登录并申请访问权限；发布者会用邮件答复。</translation>
    </message>
    <message>
        <source>The access token must be of the same account.</source>
        <translation>访问令牌必须属于同一个账号。</translation>
    </message>
    <message>
        <source>Then enter an access token of your account and download as usual.</source>
        <translation>然后输入你账号的访问令牌，照常下载。</translation>
    </message>
</context>
<context>
    <name>GreyRows</name>
    <message>
        <source>Looking for models</source>
        <translation>正在查找模型</translation>
    </message>
</context>
<context>
    <name>Grip</name>
    <message>
        <source>Drag to change the order</source>
        <translation>拖动以调整顺序</translation>
    </message>
    <message>
        <source>Move {name} up or down</source>
        <translation>上移或下移 {name}</translation>
    </message>
</context>
<context>
    <name>Head</name>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Discover</source>
        <translation>发现</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>模型库</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Add from file</source>
        <translation>从文件添加</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
</context>
<context>
    <name>ImageLayout</name>
    <message>
        <source>Image</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>{name} can&apos;t be shown</source>
        <translation>无法显示 {name}</translation>
    </message>
</context>
<context>
    <name>JumpPill</name>
    <message>
        <source>Jump to latest</source>
        <translation>跳到最新</translation>
    </message>
    <message>
        <source>{count} new</source>
        <translation>{count} 条新消息</translation>
    </message>
</context>
<context>
    <name>LibraryColumns</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Speed here</source>
        <translation>本机速度</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>LibraryDelegate</name>
    <message>
        <source>Loaded</source>
        <translation>已加载</translation>
    </message>
</context>
<context>
    <name>LibraryList</name>
    <message>
        <source>Models on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Use it in a new conversation</source>
        <translation>用它开始新对话</translation>
    </message>
</context>
<context>
    <name>LibraryPanel</name>
    <message>
        <source>Add model from file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Move models folder to</source>
        <translation>将模型文件夹移动到</translation>
    </message>
    <message>
        <source>Not all folders were searched</source>
        <translation>有文件夹未能搜索</translation>
    </message>
    <message>
        <source>One of them does not answer. What is in the others is shown.</source>
        <translation>其中一个没有响应。已显示其他文件夹中的内容。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The model can&apos;t be added</source>
        <translation>无法添加模型</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>{model} could not be removed</source>
        <translation>无法移除 {model}</translation>
    </message>
    <message>
        <source>Search another folder</source>
        <translation>搜索其他文件夹</translation>
    </message>
    <message>
        <source>The list of folders can&apos;t be changed</source>
        <translation>无法更改文件夹列表</translation>
    </message>
</context>
<context>
    <name>LibraryTab</name>
    <message>
        <source>Find in the library</source>
        <translation>在模型库中查找</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Largest first</source>
        <translation>从大到小</translation>
    </message>
    <message>
        <source>Fastest first</source>
        <translation>从快到慢</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Delete {model} for good?</source>
        <translation>永久删除 {model}？</translation>
    </message>
    <message>
        <source>{size} are freed at once. This can&apos;t be undone.</source>
        <translation>会立即释放 {size}。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>还没有模型</translation>
    </message>
    <message>
        <source>Models that you download or add appear here, and those of LM Studio, Ollama, Jan and GPT4All, which are used where they lie.</source>
        <translation>下载或添加的模型会显示在这里。LM Studio、Ollama、Jan 和 GPT4All 的模型也会显示，并在原位置使用。</translation>
    </message>
    <message>
        <source>Discover models</source>
        <translation>发现模型</translation>
    </message>
    <message>
        <source>Add from file…</source>
        <translation>从文件添加…</translation>
    </message>
    <message>
        <source>Looking for models</source>
        <translation>正在查找模型</translation>
    </message>
    <message>
        <source>1 model · {size}</source>
        <translation>1 个模型 · {size}</translation>
    </message>
    <message>
        <source>{count} models · {size}</source>
        <translation>{count} 个模型 · {size}</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>Move models folder…</source>
        <translation>移动模型文件夹…</translation>
    </message>
    <message>
        <source>Search another folder…</source>
        <translation>搜索其他文件夹…</translation>
    </message>
    <message>
        <source>Stop searching {folder}</source>
        <translation>不再搜索 {folder}</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>This model can&apos;t write answers.</source>
        <translation>这个模型不能生成回答。</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>How it is loaded…</source>
        <translation>加载方式…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Compare with the original</source>
        <translation>与原件比对</translation>
    </message>
    <message>
        <source>Make smaller…</source>
        <translation>缩小…</translation>
    </message>
    <message>
        <source>Take off the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Move to Trash…</source>
        <translation>移到废纸篓…</translation>
    </message>
    <message>
        <source>This file can&apos;t be read as a complete model.</source>
        <translation>这个文件不是完整的模型。</translation>
    </message>
    <message>
        <source>It is as small as it can be made here.</source>
        <translation>已经无法再缩小。</translation>
    </message>
    <message>
        <source>It belongs to {program}. Delete it there.</source>
        <translation>它属于 {program}。请在那里删除。</translation>
    </message>
    <message>
        <source>It comes with Chatapp.</source>
        <translation>它是 Chatapp 自带的。</translation>
    </message>
    <message>
        <source>It lies in a folder that you added. Chatapp changes nothing there.</source>
        <translation>它在你添加的文件夹中。Chatapp 不会更改那里的内容。</translation>
    </message>
    <message>
        <source>{model} stays</source>
        <translation>{model} 仍在原处</translation>
    </message>
    <message>
        <source>Emptying the system&apos;s trash frees {size}.</source>
        <translation>清空系统废纸篓后可释放 {size}。</translation>
    </message>
    <message>
        <source>Conversations that used it stay and can go on with another model.</source>
        <translation>用过它的对话会保留，可以换用其他模型继续。</translation>
    </message>
    <message>
        <source>It is loaded now and will be unloaded.</source>
        <translation>它现在已加载，将会卸载。</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <comment>two sentences</comment>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>Move {model} to the Trash?</source>
        <translation>将 {model} 移到废纸篓？</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
</context>
<context>
    <name>LibraryWork</name>
    <message>
        <source>The models folder can&apos;t be moved now</source>
        <translation>现在无法移动模型文件夹</translation>
    </message>
    <message>
        <source>Pause the downloads first. They go on in the new folder.</source>
        <translation>请先暂停下载。之后会在新文件夹中继续。</translation>
    </message>
    <message>
        <source>Comparing {model} with the original, {amount}</source>
        <translation>正在将 {model} 与原件比对，{amount}</translation>
    </message>
    <message>
        <source>{model} is damaged</source>
        <translation>{model} 已损坏</translation>
    </message>
    <message>
        <source>The file differs from the original. Download it again.</source>
        <translation>文件与原件不一致。请重新下载。</translation>
    </message>
    <message>
        <source>{model} could not be compared</source>
        <translation>无法比对 {model}</translation>
    </message>
    <message>
        <source>Moving the models, {amount}</source>
        <translation>正在移动模型，{amount}</translation>
    </message>
    <message>
        <source>The models folder could not be moved</source>
        <translation>无法移动模型文件夹</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>正在移动模型</translation>
    </message>
    <message>
        <source>Bringing the models back, {amount}</source>
        <translation>正在移回模型，{amount}</translation>
    </message>
    <message>
        <source>The models could not be brought back</source>
        <translation>无法移回模型</translation>
    </message>
    <message>
        <source>Bringing the models back</source>
        <translation>正在移回模型</translation>
    </message>
    <message>
        <source>The models folder was moved only in part</source>
        <translation>模型文件夹只移动了一部分</translation>
    </message>
    <message>
        <source>All models can be used from where they are now.</source>
        <translation>所有模型都可以在当前位置使用。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Bring them back</source>
        <translation>移回</translation>
    </message>
    <message>
        <source>Something else is being done</source>
        <translation>正在进行其他操作</translation>
    </message>
    <message>
        <source>Try again when it has ended.</source>
        <translation>请等它结束后再试。</translation>
    </message>
</context>
<context>
    <name>LoadPanel</name>
    <message>
        <source>How the model is loaded</source>
        <translation>模型的加载方式</translation>
    </message>
    <message>
        <source>How it is loaded</source>
        <translation>加载方式</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Load</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>所有模型</translation>
    </message>
    <message>
        <source>Counted by llama.cpp without loading it</source>
        <translation>由 llama.cpp 计算，未加载模型</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>It is loaded like this</source>
        <translation>已按此方式加载</translation>
    </message>
    <message>
        <source>The next message loads it as it is chosen here.</source>
        <translation>发送下一条消息时会按这里的选择加载。</translation>
    </message>
    <message>
        <source>It can&apos;t be used. A common format is used instead.</source>
        <translation>无法使用，改用通用格式。</translation>
    </message>
    <message>
        <source>Loading the model, {percent}</source>
        <translation>正在加载模型，{percent}</translation>
    </message>
    <message>
        <source>It is not loaded.</source>
        <translation>尚未加载。</translation>
    </message>
</context>
<context>
    <name>LoadRows</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>How many tokens it can look back on.</source>
        <translation>模型能回看的词元数。</translation>
    </message>
    <message>
        <source>Context memory</source>
        <translation>上下文精度</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>显卡上的层数</translation>
    </message>
    <message>
        <source>The others run on the processor, more slowly.</source>
        <translation>其余各层在处理器上运行，速度较慢。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Fastest with one core left for everything else.</source>
        <translation>给其他程序留一个核心时最快。</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Tokens of a prompt that are read in one go.</source>
        <translation>一次读取的提示词元数。</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Guess ahead</source>
        <translation>预测后文</translation>
    </message>
    <message>
        <source>Measure…</source>
        <translation>测量…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Edit the chat template</source>
        <translation>编辑对话模板</translation>
    </message>
    <message>
        <source>Map the file</source>
        <translation>映射文件</translation>
    </message>
    <message>
        <source>Keep in memory</source>
        <translation>锁定在内存中</translation>
    </message>
    <message>
        <source>RoPE base</source>
        <translation>RoPE 基数</translation>
    </message>
    <message>
        <source>RoPE scale</source>
        <translation>RoPE 缩放</translation>
    </message>
    <message>
        <source>All automatic</source>
        <translation>全部自动</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Fewer bits take less memory, and cost some quality.</source>
        <translation>位数越少，占用内存越少，质量也略有下降。</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Tune for this computer</source>
        <translation>为这台电脑调优</translation>
    </message>
    <message>
        <source>Finds the fastest threads, batch and flash attention.</source>
        <translation>找出最快的线程数、批大小和 Flash Attention 设置。</translation>
    </message>
    <message>
        <source>Helps on GPUs, and in short conversations.</source>
        <translation>在显卡上和短对话中有帮助。</translation>
    </message>
    <message>
        <source>Guesses what comes next; the answers stay the same.</source>
        <translation>预测接下来的内容；回答不变。</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>It loads faster and shares its memory.</source>
        <translation>加载更快，并可共享内存。</translation>
    </message>
    <message>
        <source>It is never moved to the disk.</source>
        <translation>不会被换出到磁盘。</translation>
    </message>
    <message>
        <source>For longer contexts than it was trained for.</source>
        <translation>用于比训练时更长的上下文。</translation>
    </message>
    <message>
        <source>0.5 makes the context twice as long.</source>
        <translation>0.5 会使上下文加长一倍。</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Your own text is used.</source>
        <translation>使用你自己的文本。</translation>
    </message>
    <message>
        <source>The file&apos;s own is used.</source>
        <translation>使用文件自带的模板。</translation>
    </message>
    <message>
        <source>Fewer bits need flash attention.</source>
        <translation>低位数需要 Flash Attention。</translation>
    </message>
    <message>
        <source>Automatic, {value}</source>
        <translation>自动，{value}</translation>
    </message>
</context>
<context>
    <name>LoadingSettings</name>
    <message>
        <source>Unload when idle</source>
        <translation>空闲时卸载</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Tune new models</source>
        <translation>为新模型调优</translation>
    </message>
    <message>
        <source>Gives all memory back; the next message loads it again.</source>
        <translation>归还全部内存；下一条消息会重新加载。</translation>
    </message>
    <message>
        <source>Measures each one once, when nothing is asked.</source>
        <translation>没有提问时测量一次。</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>{count} hours</source>
        <translation>{count} 小时</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>The settings could not be read and were put aside as {}.</source>
        <translation>无法读取设置，原文件已另存为 {}。</translation>
    </message>
    <message>
        <source>This conversation was moved to the Trash elsewhere.</source>
        <translation>这个对话已在别处移到废纸篓。</translation>
    </message>
    <message>
        <source>{model} is here and verified.</source>
        <translation>{model} 已下载并校验。</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>开始对话</translation>
    </message>
    <message>
        <source>looking for models</source>
        <translation>查找模型</translation>
    </message>
    <message>
        <source>downloading a model</source>
        <translation>下载模型</translation>
    </message>
    <message>
        <source>Connected to {host}: {reason}</source>
        <translation>已连接 {host}：{reason}</translation>
    </message>
    <message>
        <source>No connections since start</source>
        <translation>启动以来没有联网</translation>
    </message>
</context>
<context>
    <name>MemoryEstimate</name>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>What it takes is known once its file was read.</source>
        <translation>读取文件后才知道需要多少内存。</translation>
    </message>
    <message>
        <source>All layers run on the GPU.</source>
        <translation>全部层都在显卡上运行。</translation>
    </message>
    <message>
        <source>About {count} of {of} layers fit on the GPU.</source>
        <translation>{of} 层中约 {count} 层能放进显卡。</translation>
    </message>
    <message>
        <source>{count} of {of} layers run on the GPU.</source>
        <translation>{of} 层中 {count} 层在显卡上运行。</translation>
    </message>
    <message>
        <source>{count} of {of} layers run on the GPU, the others do not fit.</source>
        <translation>{of} 层中 {count} 层在显卡上运行，其余放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor.</source>
        <translation>在处理器上运行。</translation>
    </message>
</context>
<context>
    <name>MessageActions</name>
    <message>
        <source>Save code</source>
        <translation>保存代码</translation>
    </message>
    <message>
        <source>Saved as {name}</source>
        <translation>已保存为 {name}</translation>
    </message>
    <message>
        <source>Your note was deleted</source>
        <translation>你的备注已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>The next answer reads all of it, as far as there is room</source>
        <translation>下一个回答会在空间允许时读取全部内容</translation>
    </message>
    <message>
        <source>Message deleted</source>
        <translation>消息已删除</translation>
    </message>
    <message>
        <source>Changes discarded</source>
        <translation>已放弃更改</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
</context>
<context>
    <name>MessageDetails</name>
    <message>
        <source>Details of this answer</source>
        <translation>这个回答的详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>How this answer was made</source>
        <translation>这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Written</source>
        <translation>生成时间</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>by a person; the figures are those of the first version</source>
        <translation>由人编辑；这些数字属于最初的版本</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Changed parameters</source>
        <translation>更改过的参数</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{count} of them reused</source>
        <translation>其中 {count} 个复用</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>First token</source>
        <translation>首个词元</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束原因</translation>
    </message>
    <message>
        <source>The model came to its end.</source>
        <translation>模型自行结束。</translation>
    </message>
    <message>
        <source>The length limit was reached.</source>
        <translation>达到长度上限。</translation>
    </message>
    <message>
        <source>The context was full.</source>
        <translation>上下文已满。</translation>
    </message>
    <message>
        <source>You stopped it.</source>
        <translation>你停止了它。</translation>
    </message>
    <message>
        <source>An error ended it.</source>
        <translation>因错误而结束。</translation>
    </message>
</context>
<context>
    <name>MessageEditor</name>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>The message before stays as another version.</source>
        <translation>原来的消息会保留为另一个版本。</translation>
    </message>
    <message>
        <source>The answer before stays as another version.</source>
        <translation>原来的回答会保留为另一个版本。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>MessageItem</name>
    <message>
        <source>Let the model read it again</source>
        <translation>让模型重新读取</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Earlier version</source>
        <translation>上一个版本</translation>
    </message>
    <message>
        <source>Later version</source>
        <translation>下一个版本</translation>
    </message>
    <message>
        <source>Copy message</source>
        <translation>复制消息</translation>
    </message>
    <message>
        <source>Edit message</source>
        <translation>编辑消息</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>MessageMenu</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Branch into a new conversation</source>
        <translation>从这里另开新对话</translation>
    </message>
    <message>
        <source>Keep in the window</source>
        <translation>保留在窗口中</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>There is no text yet</source>
        <translation>还没有文本</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>复制为纯文本</translation>
    </message>
    <message>
        <source>There is nothing to continue</source>
        <translation>没有可以继续的内容</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>This answer is still being written</source>
        <translation>这个回答还在生成</translation>
    </message>
    <message>
        <source>Good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>Bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>备注…</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详情…</translation>
    </message>
    <message>
        <source>Run again exactly</source>
        <translation>完全重新运行</translation>
    </message>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Choose a model first</source>
        <translation>先选择一个模型</translation>
    </message>
    <message>
        <source>It is not known how this answer was made</source>
        <translation>不知道这个回答是怎样生成的</translation>
    </message>
    <message>
        <source>It was made by {model}: choose that model first</source>
        <translation>它由 {model} 生成：请先选择该模型</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Model card</source>
        <translation>模型说明</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy link</source>
        <translation>复制链接</translation>
    </message>
</context>
<context>
    <name>ModelChip</name>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
    <message>
        <source>There is no model on this computer. Choose one to begin.</source>
        <translation>这台电脑上没有模型。先选择一个。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when the next message is sent.</source>
        <translation>发送下一条消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>Add model from file</source>
        <translation>从文件添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>ModelFacts</name>
    <message>
        <source>Details of this model</source>
        <translation>这个模型的详情</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>Model page</source>
        <translation>模型页面</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ModelPicker</name>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>There is no model on this computer yet.</source>
        <translation>这台电脑上还没有模型。</translation>
    </message>
    <message>
        <source>Add model from file…</source>
        <translation>从文件添加模型…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>How it is loaded…</source>
        <translation>加载方式…</translation>
    </message>
    <message>
        <source>Cancel loading</source>
        <translation>取消加载</translation>
    </message>
</context>
<context>
    <name>ModelView</name>
    <message>
        <source>Model card</source>
        <translation>模型说明</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No file that can be used here</source>
        <translation>没有可用的文件</translation>
    </message>
    <message>
        <source>This repository has no complete GGUF model. Look for another one.</source>
        <translation>这个仓库没有完整的 GGUF 模型。请换一个。</translation>
    </message>
    <message>
        <source>Its files may be damaged</source>
        <translation>它的文件可能已损坏</translation>
    </message>
    <message>
        <source>This is only its beginning. All of it is on the model&apos;s page.</source>
        <translation>这只是开头部分。全文在模型的网页上。</translation>
    </message>
    <message>
        <source>The beginning of a file can&apos;t be read, so only its size is judged.</source>
        <translation>无法读取文件的开头，因此只按大小判断。</translation>
    </message>
    <message>
        <source>Nothing could be found out about this model</source>
        <translation>未能获得这个模型的信息</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>估计</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>It can be read once the terms are accepted.</source>
        <translation>接受条款后才能阅读。</translation>
    </message>
    <message>
        <source>Its maker has written nothing about it.</source>
        <translation>发布者没有写说明。</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>The download can&apos;t be begun</source>
        <translation>无法开始下载</translation>
    </message>
</context>
<context>
    <name>Narration</name>
    <message>
        <source>The answer begins</source>
        <translation>回答开始</translation>
    </message>
    <message>
        <source>Answer finished, 1 token</source>
        <translation>回答完成，1 个词元</translation>
    </message>
    <message>
        <source>Answer finished, {count} tokens</source>
        <translation>回答完成，{count} 个词元</translation>
    </message>
    <message>
        <source>Answer finished</source>
        <translation>回答完成</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>You, with {files}</source>
        <translation>你，附带 {files}</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>指令</translation>
    </message>
    <message>
        <source>{speaker}: {words}</source>
        <translation>{speaker}：{words}</translation>
    </message>
    <message>
        <source>Version {version} of {count}</source>
        <translation>第 {version} 个版本，共 {count} 个</translation>
    </message>
</context>
<context>
    <name>Nothing</name>
    <message>
        <source>No model on this computer has these words in its name.</source>
        <translation>这台电脑上没有名称包含这些词的模型。</translation>
    </message>
    <message>
        <source>Clear the search</source>
        <translation>清除搜索</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message>
        <source>Safe settings: one thread, no graphics card, a short context.</source>
        <translation>安全设置：单线程，不用显卡，上下文较短。</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Choose another model</source>
        <translation>选择其他模型</translation>
    </message>
    <message>
        <source>Load with safe settings</source>
        <translation>用安全设置加载</translation>
    </message>
    <message>
        <source>How it is loaded</source>
        <translation>加载方式</translation>
    </message>
    <message>
        <source>The model brings no chat template. A common format is used instead.</source>
        <translation>模型没有自带对话模板，已改用通用格式。</translation>
    </message>
    <message>
        <source>The model&apos;s chat template can&apos;t be used. A common one is used instead.</source>
        <translation>模型的对话模板无法使用，已改用通用模板。</translation>
    </message>
    <message>
        <source>Answers may be poor</source>
        <translation>回答质量可能不佳</translation>
    </message>
</context>
<context>
    <name>NumberRow</name>
    <message>
        <source>{name}: back to automatic</source>
        <translation>{name}：恢复自动</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic, {value}</source>
        <translation>自动，{value}</translation>
    </message>
    <message>
        <source>Auto {value}</source>
        <translation>自动 {value}</translation>
    </message>
</context>
<context>
    <name>OfferFacts</name>
    <message>
        <source>Open on Hugging Face</source>
        <translation>在 Hugging Face 上打开</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Measured here</source>
        <translation>本机实测</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>Can do</source>
        <translation>能力</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Updated</source>
        <translation>更新时间</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载次数</translation>
    </message>
    <message>
        <source>{count} last month</source>
        <translation>上月 {count} 次</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>源自</translation>
    </message>
    <message>
        <source>{write}, reads {read}/s</source>
        <translation>{write}，读取 {read}/秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>{measured}, estimated {estimated}</source>
        <translation>{measured}，估计 {estimated}</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>sha256, {time}</source>
        <translation>sha256，{time}</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>{ability} (not yet usable here)</source>
        <translation>{ability}（此处尚不可用）</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>PromptInput</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>QuantizeDialog</name>
    <message>
        <source>Make {model} smaller</source>
        <translation>缩小 {model}</translation>
    </message>
    <message>
        <source>It takes less memory and answers faster, and loses some quality. The original stays; the result is tried and compared with it before it is kept.</source>
        <translation>占用更少内存，回答更快，质量略有下降。原文件会保留；结果经过试用并与原模型比较后才会保存。</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Now: {facts}</source>
        <translation>现在：{facts}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Make smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>It is as small as it can be made here.</source>
        <translation>已经无法再缩小。</translation>
    </message>
    <message>
        <source>This model can&apos;t be made smaller</source>
        <translation>这个模型无法缩小</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>This model was made smaller before</source>
        <translation>这个模型之前缩小过</translation>
    </message>
    <message>
        <source>Made from the original, the same type would be better.</source>
        <translation>同样的类型，从原始模型制作效果更好。</translation>
    </message>
    <message>
        <source>Make smaller anyway</source>
        <translation>仍然缩小</translation>
    </message>
</context>
<context>
    <name>QuantizePanel</name>
    <message>
        <source>1 more waits</source>
        <translation>还有 1 项等待</translation>
    </message>
    <message>
        <source>{count} more wait</source>
        <translation>还有 {count} 项等待</translation>
    </message>
    <message>
        <source>{model} {type}: comparing it with the original</source>
        <translation>{model} {type}：正在与原模型比较</translation>
    </message>
    <message>
        <source>{model} {type}: reading the original</source>
        <translation>{model} {type}：正在读取原模型</translation>
    </message>
    <message>
        <source>Making {model} {type}, {share}</source>
        <translation>正在制作 {model} {type}，{share}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>{model} was not made smaller</source>
        <translation>{model} 未能缩小</translation>
    </message>
    <message>
        <source>{model} {type} often chooses other words than the original</source>
        <translation>{model} {type} 的用词常与原模型不同</translation>
    </message>
    <message>
        <source>At {agreed} of {compared} places they are the same. A larger type keeps more.</source>
        <translation>{compared} 处中有 {agreed} 处相同。较大的类型保留得更多。</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Messages that wait</source>
        <translation>等待发送的消息</translation>
    </message>
    <message>
        <source>Then: {text}</source>
        <translation>然后：{text}</translation>
    </message>
    <message>
        <source>Not sent yet: {text}</source>
        <translation>尚未发送：{text}</translation>
    </message>
    <message>
        <source>Next: {text}</source>
        <translation>接下来：{text}</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>立即发送</translation>
    </message>
</context>
<context>
    <name>QuitDialog</name>
    <message>
        <source>Quit Chatapp?</source>
        <translation>退出 Chatapp？</translation>
    </message>
    <message>
        <source>An answer is still being written. Quit and keep what there is?</source>
        <translation>还有回答正在生成。要保留现有内容并退出吗？</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>RatingPopup</name>
    <message>
        <source>What do you think of this answer?</source>
        <translation>你觉得这个回答怎么样？</translation>
    </message>
    <message>
        <source>What was good?</source>
        <translation>好在哪里？</translation>
    </message>
    <message>
        <source>What was wrong?</source>
        <translation>哪里不对？</translation>
    </message>
    <message>
        <source>A better answer</source>
        <translation>更好的回答</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>It stays on this computer.</source>
        <translation>内容只保存在这台电脑上。</translation>
    </message>
</context>
<context>
    <name>ReasoningLayout</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Thoughts</source>
        <translation>思考过程</translation>
    </message>
    <message>
        <source>Thought for {seconds} s</source>
        <translation>思考了 {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>SearchBar</name>
    <message>
        <source>Search Hugging Face, or paste a link or org/repo:QUANT</source>
        <translation>搜索 Hugging Face，或粘贴链接或 org/repo:QUANT</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>Most downloads</source>
        <translation>下载最多</translation>
    </message>
    <message>
        <source>Trending</source>
        <translation>近期热门</translation>
    </message>
    <message>
        <source>Most likes</source>
        <translation>点赞最多</translation>
    </message>
    <message>
        <source>Recently updated</source>
        <translation>最近更新</translation>
    </message>
    <message>
        <source>Sorting</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Connection settings</source>
        <translation>连接设置</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
</context>
<context>
    <name>SendButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Write a message first</source>
        <translation>先写一条消息</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message>
        <source>Back to the conversations</source>
        <translation>返回对话列表</translation>
    </message>
    <message>
        <source>Deleted for good after 30 days.</source>
        <translation>30 天后永久删除。</translation>
    </message>
    <message>
        <source>Nothing found for “{query}”.</source>
        <translation>没有找到“{query}”。</translation>
    </message>
    <message>
        <source>The Trash is empty.</source>
        <translation>废纸篓是空的。</translation>
    </message>
    <message>
        <source>No conversations yet. Write a message to start one.</source>
        <translation>还没有对话。发一条消息就开始了。</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>Delete for good…</source>
        <translation>永久删除…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Unpin</source>
        <translation>取消置顶</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Move to Trash</source>
        <translation>移到废纸篓</translation>
    </message>
    <message>
        <source>Delete “{title}” for good?</source>
        <translation>永久删除“{title}”？</translation>
    </message>
    <message>
        <source>The conversation and all of its messages are lost. This can&apos;t be undone.</source>
        <translation>这个对话和其中的所有消息都会被删除，无法撤销。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Delete for good</source>
        <translation>永久删除</translation>
    </message>
</context>
<context>
    <name>SplitRow</name>
    <message>
        <source>Share of {device}</source>
        <translation>{device} 的份额</translation>
    </message>
    <message>
        <source>Percent of the layers on GPUs that lie there.</source>
        <translation>显卡上的层中位于此设备的百分比。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>First token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>Context {used} of {total}</source>
        <translation>上下文 {used} / {total}</translation>
    </message>
    <message>
        <source>Memory {size}</source>
        <translation>内存 {size}</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Waiting for another answer</source>
        <translation>正在等待另一个回答</translation>
    </message>
    <message>
        <source>Loading the model, {percent}</source>
        <translation>正在加载模型，{percent}</translation>
    </message>
    <message>
        <source>Reading the prompt, {percent}</source>
        <translation>正在读取提示，{percent}</translation>
    </message>
    <message>
        <source>Summarising the oldest messages, {percent}</source>
        <translation>正在概括最早的消息，{percent}</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>正在思考</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>正在生成</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>The model can&apos;t be used</source>
        <translation>模型无法使用</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
    <message>
        <source>{count} reused</source>
        <translation>复用 {count} 个</translation>
    </message>
</context>
<context>
    <name>SummaryItem</name>
    <message>
        <source>Summary of what was said before</source>
        <translation>之前内容的摘要</translation>
    </message>
</context>
<context>
    <name>TemplateDialog</name>
    <message>
        <source>Chat template of {model}</source>
        <translation>{model} 的对话模板</translation>
    </message>
    <message>
        <source>Turns a conversation into the text that the model was trained on. A wrong one makes answers poor.</source>
        <translation>把对话转换成模型训练时所用的文本。模板不对，回答就会变差。</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>The file has none. A common format is used.</source>
        <translation>文件没有自带模板。使用通用格式。</translation>
    </message>
    <message>
        <source>Restore the file&apos;s own</source>
        <translation>恢复文件自带的模板</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>It is too long for a template.</source>
        <translation>作为模板太长了。</translation>
    </message>
    <message>
        <source>Your own text. It is used when the model is loaded the next time.</source>
        <translation>你自己的文本。下次加载模型时生效。</translation>
    </message>
    <message>
        <source>The file&apos;s own.</source>
        <translation>文件自带的模板。</translation>
    </message>
</context>
<context>
    <name>ThinkingChip</name>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Low effort</source>
        <translation>少思考</translation>
    </message>
    <message>
        <source>Medium effort</source>
        <translation>适中</translation>
    </message>
    <message>
        <source>High effort</source>
        <translation>多思考</translation>
    </message>
    <message>
        <source>Thinking effort</source>
        <translation>思考程度</translation>
    </message>
    <message>
        <source>As usual</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>How much the model thinks before it answers</source>
        <translation>模型回答前思考多少</translation>
    </message>
    <message>
        <source>The model thinks before it answers. Click for quick answers.</source>
        <translation>模型会先思考再回答。点击可改为直接回答。</translation>
    </message>
    <message>
        <source>The model answers at once. Click to let it think first.</source>
        <translation>模型会直接回答。点击可让它先思考。</translation>
    </message>
</context>
<context>
    <name>TokenMeter</name>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>This is more than the model can read.</source>
        <translation>这超出了模型能读取的长度。</translation>
    </message>
    <message>
        <source>The context is nearly full.</source>
        <translation>上下文快满了。</translation>
    </message>
    <message>
        <source>{used} of {total}</source>
        <translation>{used} / {total}</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context: {before} so far and {added} of this message.</source>
        <translation>上下文 {total} 个词元中的 {used} 个：目前 {before} 个，这条消息 {added} 个。</translation>
    </message>
    <message>
        <source>{used} of {total} tokens of the context are used.</source>
        <translation>上下文 {total} 个词元已使用 {used} 个。</translation>
    </message>
</context>
<context>
    <name>ToolCallLayout</name>
    <message>
        <source>Tool call</source>
        <translation>工具调用</translation>
    </message>
    <message>
        <source>Tool call: {name}</source>
        <translation>工具调用：{name}</translation>
    </message>
    <message>
        <source>{call}, unfinished</source>
        <translation>{call}，未完成</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Show conversations</source>
        <translation>显示对话列表</translation>
    </message>
    <message>
        <source>Title of this conversation</source>
        <translation>对话标题</translation>
    </message>
    <message>
        <source>Find in conversation</source>
        <translation>在对话中查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
</context>
<context>
    <name>TranscriptCanvas</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Another answer is being written</source>
        <translation>另一个回答正在生成</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>Copy link address</source>
        <translation>复制链接地址</translation>
    </message>
</context>
<context>
    <name>TrashRow</name>
    <message>
        <source>Trash</source>
        <translation>废纸篓</translation>
    </message>
    <message>
        <source>Trash, 1 conversation</source>
        <translation>废纸篓，1 个对话</translation>
    </message>
    <message>
        <source>Trash, {count} conversations</source>
        <translation>废纸篓，{count} 个对话</translation>
    </message>
</context>
<context>
    <name>TuningDialog</name>
    <message>
        <source>Tune {model} for this computer</source>
        <translation>为这台电脑调优 {model}</translation>
    </message>
    <message>
        <source>It measures which settings answer fastest here. That takes about a minute; your questions come first.</source>
        <translation>测量哪些设置在这台电脑上回答最快。大约需要一分钟；你的提问优先。</translation>
    </message>
    <message>
        <source>Measuring</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>In tokens per second.</source>
        <translation>单位：词元/秒。</translation>
    </message>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Not measured yet: all but one of the cores are used.</source>
        <translation>尚未测量：使用除一个以外的全部核心。</translation>
    </message>
    <message>
        <source>Measure again</source>
        <translation>重新测量</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Measuring, {percent}</source>
        <translation>正在测量，{percent}</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>还需约 {time}</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>with flash attention</source>
        <translation>开启 Flash Attention</translation>
    </message>
    <message>
        <source>without flash attention</source>
        <translation>关闭 Flash Attention</translation>
    </message>
    <message>
        <source>Measured {time}: {count} threads, {flash}.</source>
        <translation>测量于 {time}：{count} 个线程，{flash}。</translation>
    </message>
    <message>
        <source>Measured {time}: one thread, {flash}.</source>
        <translation>测量于 {time}：1 个线程，{flash}。</translation>
    </message>
</context>
<context>
    <name>TuningTable</name>
    <message>
        <source>What was measured</source>
        <translation>测量结果</translation>
    </message>
    <message>
        <source>Writes after {count}</source>
        <translation>{count} 个词元后生成</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Writes</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Reads</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>TypeRow</name>
    <message>
        <source>Not smaller than it is now</source>
        <translation>不会比现在更小</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>What would you like to do?</source>
        <translation>想做点什么？</translation>
    </message>
    <message>
        <source>Everything you type stays on this computer.</source>
        <translation>你输入的内容只保存在这台电脑上。</translation>
    </message>
    <message>
        <source>Rewrite this so it is polite but firm</source>
        <translation>改写得礼貌而坚定</translation>
    </message>
    <message>
        <source>Paste a message or an e-mail</source>
        <translation>粘贴一条消息或一封邮件</translation>
    </message>
    <message>
        <source>Rewrite this message so that it is polite but firm:</source>
        <translation>把下面这条消息改写得礼貌而坚定：</translation>
    </message>
    <message>
        <source>Translate a paragraph into Chinese</source>
        <translation>把一段话翻译成英文</translation>
    </message>
    <message>
        <source>Or any other pair of languages</source>
        <translation>也可以是其他任意两种语言</translation>
    </message>
    <message>
        <source>Translate this paragraph into Chinese:</source>
        <translation>把下面这段话翻译成英文：</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager</source>
        <translation>给中学生讲讲复利</translation>
    </message>
    <message>
        <source>Short, with one example</source>
        <translation>简短，附一个例子</translation>
    </message>
    <message>
        <source>Explain compound interest to a teenager. Keep it short, one example.</source>
        <translation>给中学生讲讲什么是复利。简短一些，举一个例子。</translation>
    </message>
    <message>
        <source>Sort customer comments into topics</source>
        <translation>把客户评论按主题分类</translation>
    </message>
    <message>
        <source>Paste them, one on a line</source>
        <translation>粘贴进来，每行一条</translation>
    </message>
    <message>
        <source>Sort these customer comments into topics:</source>
        <translation>把下面的客户评论按主题分类：</translation>
    </message>
    <message>
        <source>There is no model on this computer yet. Add one below.</source>
        <translation>这台电脑上还没有模型。在下面添加一个。</translation>
    </message>
    <message>
        <source>{model} is ready: a tiny model, good for trying things out.</source>
        <translation>{model} 已就绪：模型很小，适合试用。</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} 已就绪。</translation>
    </message>
    <message>
        <source>{model} is being loaded, {percent}.</source>
        <translation>正在加载 {model}，{percent}。</translation>
    </message>
    <message>
        <source>{model} can&apos;t be used.</source>
        <translation>{model} 无法使用。</translation>
    </message>
    <message>
        <source>{model} is loaded when you send a message.</source>
        <translation>发送消息时加载 {model}。</translation>
    </message>
</context>
<context>
    <name>WindowMarks</name>
    <message>
        <source>The model no longer reads what is above</source>
        <translation>模型不再读取以上内容</translation>
    </message>
    <message>
        <source>Kept in the window</source>
        <translation>已保留在窗口中</translation>
    </message>
    <message>
        <source>Left the window</source>
        <translation>已移出窗口</translation>
    </message>
</context>
<context>
    <name>WorkStrip</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>_Columns</name>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Takes about</source>
        <translation>约需时间</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
</context>
<context>
    <name>_DropSign</name>
    <message>
        <source>Drop files to attach them</source>
        <translation>松开即可添加文件</translation>
    </message>
</context>
<context>
    <name>_Empty</name>
    <message>
        <source>Nothing is being downloaded</source>
        <translation>没有正在进行的下载</translation>
    </message>
    <message>
        <source>Downloads appear here. They go on while you chat, and after a restart where they stopped.</source>
        <translation>下载会显示在这里。对话时下载照常进行，重启后从中断处继续。</translation>
    </message>
    <message>
        <source>Discover models</source>
        <translation>发现模型</translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>Starter</source>
        <translation>入门</translation>
    </message>
</context>
<context>
    <name>_Skeleton</name>
    <message>
        <source>Loading</source>
        <translation>正在加载</translation>
    </message>
</context>
<context>
    <name>_Totals</name>
    <message>
        <source>Pause all</source>
        <translation>全部暂停</translation>
    </message>
    <message>
        <source>{count} of {total} running</source>
        <translation>{count} / {total} 正在进行</translation>
    </message>
    <message>
        <source>until the queue is empty</source>
        <translation>后全部完成</translation>
    </message>
    <message>
        <source>free on the models drive</source>
        <translation>模型所在磁盘的可用空间</translation>
    </message>
    <message>
        <source>Continue all</source>
        <translation>全部继续</translation>
    </message>
</context>
<context>
    <name>_Well</name>
    <message>
        <source>Add model from file…</source>
        <translation>从文件添加模型…</translation>
    </message>
    <message>
        <source>Open models folder</source>
        <translation>打开模型文件夹</translation>
    </message>
    <message>
        <source>For better answers, get a larger model</source>
        <translation>换用更大的模型，回答会更好</translation>
    </message>
    <message>
        <source>Any GGUF file works, such as those on huggingface.co.</source>
        <translation>任何 GGUF 文件都可以，例如 huggingface.co 上的文件。</translation>
    </message>
</context>
<context>
    <name>app</name>
    <message>
        <source>Keep the file and start afresh</source>
        <translation>保留文件并重新开始</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>downloads</name>
    <message>
        <source>{count} files</source>
        <translation>{count} 个文件</translation>
    </message>
    <message>
        <source>{type} + vision, {files}</source>
        <translation>{type} + 视觉，{files}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Reconnecting</source>
        <translation>正在重新连接</translation>
    </message>
    <message>
        <source>Reconnecting in {time}</source>
        <translation>{time} 后重新连接</translation>
    </message>
    <message>
        <source>Nothing is lost.</source>
        <translation>已下载的部分不会丢失。</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Continues where it stopped, also after a restart.</source>
        <translation>从停下的地方继续，重启后也一样。</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>sha256 matches the original</source>
        <translation>sha256 与原件一致</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Starts when another one is done.</source>
        <translation>另一项完成后开始。</translation>
    </message>
    <message>
        <source>Comparing with the original, {percent}</source>
        <translation>正在与原件比对，{percent}</translation>
    </message>
    <message>
        <source>Reading what is here already, {percent}</source>
        <translation>正在读取已下载的部分，{percent}</translation>
    </message>
    <message>
        <source>{host} did not answer.</source>
        <translation>{host} 没有响应。</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached.</source>
        <translation>无法连接 {host}。</translation>
    </message>
    <message>
        <source>{host} answered with error {status}.</source>
        <translation>{host} 返回错误 {status}。</translation>
    </message>
    <message>
        <source>What arrived was damaged.</source>
        <translation>收到的数据已损坏。</translation>
    </message>
    <message>
        <source>{host} wants a pause between requests.</source>
        <translation>{host} 要求稍后再请求。</translation>
    </message>
    <message>
        <source>The connection was lost.</source>
        <translation>连接已中断。</translation>
    </message>
    <message>
        <source>Disk full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Needs {size} more on the drive with your models.</source>
        <translation>模型所在的磁盘还需要 {size}。</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>The file differs from the original. Download it again.</source>
        <translation>文件与原件不一致。请重新下载。</translation>
    </message>
    <message>
        <source>Not allowed yet</source>
        <translation>尚未获得许可</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>The folder {path} can&apos;t be written. Change its permissions or choose another folder with --data-dir.</source>
        <translation>无法写入文件夹 {path}。请更改其权限，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>The disk is full. Free some space where {path} lies and try again.</source>
        <translation>磁盘已满。请在 {path} 所在的磁盘上腾出空间，然后重试。</translation>
    </message>
    <message>
        <source>There is no display to open a window on. Use “chatapp chat” for a conversation in the terminal.</source>
        <translation>没有可以打开窗口的显示器。可以用“chatapp chat”在终端里对话。</translation>
    </message>
    <message>
        <source>The window can&apos;t open because a system library is missing ({detail}). Run “chatapp doctor” for the exact fix, or use “chatapp chat” in the terminal.</source>
        <translation>缺少系统库（{detail}），无法打开窗口。运行“chatapp doctor”查看具体的解决方法，或在终端里使用“chatapp chat”。</translation>
    </message>
    <message>
        <source>The engine llama.cpp can&apos;t be loaded ({detail}). Install it again with “python3 packaging/bootstrap.py setup”.</source>
        <translation>无法加载引擎 llama.cpp（{detail}）。请用“python3 packaging/bootstrap.py setup”重新安装。</translation>
    </message>
    <message>
        <source>There is no model on this computer. Add a GGUF file to the models folder.</source>
        <translation>这台电脑上没有模型。请在模型文件夹中放入一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>No model is called “{name}”. “chatapp models list” shows what is there.</source>
        <translation>没有名为“{name}”的模型。用“chatapp models list”查看现有的模型。</translation>
    </message>
    <message>
        <source>The model file {path} is not there. Choose another model.</source>
        <translation>模型文件 {path} 不存在。请选择其他模型。</translation>
    </message>
    <message>
        <source>{path} is a folder. Choose the model file in it, which ends in .gguf.</source>
        <translation>{path} 是文件夹。请选择其中以 .gguf 结尾的模型文件。</translation>
    </message>
    <message>
        <source>The model file {path} can&apos;t be read. Change its permissions.</source>
        <translation>无法读取模型文件 {path}。请更改其权限。</translation>
    </message>
    <message>
        <source>The model file {path} is empty. Download it again.</source>
        <translation>模型文件 {path} 是空的。请重新下载。</translation>
    </message>
    <message>
        <source>This file is not a GGUF model: {path}. Choose another file.</source>
        <translation>这不是 GGUF 模型文件：{path}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The model stopped unexpectedly. Try again.</source>
        <translation>模型意外停止。请重试。</translation>
    </message>
    <message>
        <source>There is nothing to send. Write a message.</source>
        <translation>没有可发送的内容。先写一条消息。</translation>
    </message>
    <message>
        <source>The disk can&apos;t keep a file as large as {path}. Choose a models folder on another disk in the settings.</source>
        <translation>磁盘无法保存 {path} 这么大的文件。请在设置中选择其他磁盘上的模型文件夹。</translation>
    </message>
    <message>
        <source>The copy {path} is not like the original, which was kept. Check the disk and try again.</source>
        <translation>副本 {path} 与原件不同，原件已保留。请检查磁盘后重试。</translation>
    </message>
    <message>
        <source>{path} can&apos;t be moved to the trash ({detail}). Delete it for good, or in its folder.</source>
        <translation>无法将 {path} 移到废纸篓（{detail}）。请永久删除，或在其文件夹中删除。</translation>
    </message>
    <message>
        <source>{count} models are called {name}. Name one by its path or with its quantisation.</source>
        <translation>有 {count} 个模型名为 {name}。请用路径或加上量化类型来指定。</translation>
    </message>
    <message>
        <source>The adapter {path} is not there or can&apos;t be read. Choose another file.</source>
        <translation>适配器 {path} 不存在或无法读取。请选择其他文件。</translation>
    </message>
    <message>
        <source>This file is not a LoRA adapter: {path}. Choose a GGUF file that is one.</source>
        <translation>这个文件不是 LoRA 适配器：{path}。请选择 GGUF 格式的适配器。</translation>
    </message>
    <message>
        <source>The adapter {path} does not fit this model ({detail}). Choose one that was made for it.</source>
        <translation>适配器 {path} 与这个模型不匹配（{detail}）。请选择为它制作的适配器。</translation>
    </message>
    <message>
        <source>The grammar or JSON Schema can&apos;t be used ({detail}). Correct it and try again.</source>
        <translation>语法或 JSON Schema 无法使用（{detail}）。请改正后重试。</translation>
    </message>
    <message>
        <source>A message that this needs was deleted. Bring it back, or ask again.</source>
        <translation>所需的消息已删除。请恢复它，或重新提问。</translation>
    </message>
    <message>
        <source>Only the last answer can be continued. Ask for another version instead.</source>
        <translation>只能继续最后一个回答。可以改为重新生成。</translation>
    </message>
    <message>
        <source>It is not known how this answer was made. Ask for another version instead.</source>
        <translation>不知道这个回答是怎样生成的。可以改为重新生成。</translation>
    </message>
    <message>
        <source>“{name}” can&apos;t be read. Check that the file is there and its permissions.</source>
        <translation>无法读取“{name}”。请检查文件是否存在以及它的权限。</translation>
    </message>
    <message>
        <source>“{name}” is a folder. Attach the files in it.</source>
        <translation>“{name}”是文件夹。请添加其中的文件。</translation>
    </message>
    <message>
        <source>“{name}” lies on another computer. Copy it to this one first.</source>
        <translation>“{name}”在另一台电脑上。请先复制到这台电脑。</translation>
    </message>
    <message>
        <source>“{name}” is empty. Choose another file.</source>
        <translation>“{name}”是空文件。请选择其他文件。</translation>
    </message>
    <message>
        <source>“{name}” is too large: {size} bytes, {most} at most. Attach the part that matters.</source>
        <translation>“{name}”太大：{size} 字节，最多 {most} 字节。请只添加需要的部分。</translation>
    </message>
    <message>
        <source>“{name}” is not a text file. Attach text or program code.</source>
        <translation>“{name}”不是文本文件。请添加文本或程序代码。</translation>
    </message>
    <message>
        <source>The name {name} can&apos;t be used for a file. Choose another file.</source>
        <translation>名称 {name} 不能用作文件名。请选择其他文件。</translation>
    </message>
    <message>
        <source>{address} is not an address that can be used. Correct it in the settings.</source>
        <translation>{address} 不是可用的地址。请在设置中更正。</translation>
    </message>
    <message>
        <source>There are no certificates to read in {path}. Choose another file in the settings.</source>
        <translation>{path} 中没有可读取的证书。请在设置中选择其他文件。</translation>
    </message>
    <message>
        <source>There is another file at {path}. Move it away and try again.</source>
        <translation>{path} 处已有其他文件。请移走后重试。</translation>
    </message>
    <message>
        <source>The folder {path} is the one in use, lies in it or holds it. Choose another one.</source>
        <translation>文件夹 {path} 就是当前使用的文件夹，或与它互相包含。请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Moving the models to {path} was interrupted. Go on with it, or undo it, first.</source>
        <translation>将模型移动到 {path} 的操作已中断。请先继续或撤销它。</translation>
    </message>
    <message>
        <source>{path} belongs to another program and is only used here. Delete it there.</source>
        <translation>{path} 属于其他程序，在这里只是使用。请在那个程序中删除。</translation>
    </message>
    <message>
        <source>{path} is one of several files and {missing} of them are missing. Put all of them into the folder.</source>
        <translation>{path} 是多个文件之一，还缺少 {missing} 个。请将全部文件放入该文件夹。</translation>
    </message>
    <message>
        <source>Nothing in {repo} fits into this computer. Choose a smaller model; the smallest file can be had all the same as {repo}:{smallest}.</source>
        <translation>{repo} 中没有适合这台电脑的文件。请选择更小的模型；仍要下载最小的文件，可用 {repo}:{smallest}。</translation>
    </message>
    <message>
        <source>{path} was made smaller before. Choose the original, or allow to make it smaller once more, which costs quality.</source>
        <translation>{path} 之前缩小过。请选择原始模型，或允许再次缩小（质量会下降）。</translation>
    </message>
    <message>
        <source>{path} would not become smaller as {kind}. Choose a smaller type.</source>
        <translation>{path} 转为 {kind} 不会变小。请选择更小的类型。</translation>
    </message>
    <message>
        <source>The model file {path} is damaged or incomplete. Download it again.</source>
        <translation>模型文件 {path} 已损坏或不完整。请重新下载。</translation>
    </message>
    <message>
        <source>This version of the engine doesn&apos;t know the architecture “{architecture}”. Choose another model or update Chatapp.</source>
        <translation>这个版本的引擎不支持“{architecture}”架构。请选择其他模型，或更新 Chatapp。</translation>
    </message>
    <message>
        <source>The file {path} is a model that can&apos;t write text. Choose a chat model.</source>
        <translation>文件 {path} 是不能生成文本的模型。请选择对话模型。</translation>
    </message>
    <message>
        <source>The chat template that was chosen for {path} can&apos;t be used. Correct it or remove it.</source>
        <translation>为 {path} 选择的对话模板无法使用。请更正或移除它。</translation>
    </message>
    <message>
        <source>The file {path} can&apos;t draft for this model. Choose a smaller model of the same family, or none.</source>
        <translation>文件 {path} 不能用作这个模型的草稿模型。请选择同系列的更小的模型，或不使用。</translation>
    </message>
    <message>
        <source>There is not enough memory for this model. Close other programs or choose a smaller model.</source>
        <translation>内存不足，无法使用这个模型。请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>The model can&apos;t be loaded. The log has the reason; another model may work.</source>
        <translation>无法加载模型，原因见日志。可以试试其他模型。</translation>
    </message>
    <message>
        <source>The adapter {path} is damaged or incomplete ({detail}). Choose another file.</source>
        <translation>适配器 {path} 已损坏或不完整（{detail}）。请选择其他文件。</translation>
    </message>
    <message>
        <source>The file {path} is a model that gives no vectors. Choose an embedding model.</source>
        <translation>模型 {path} 不能生成向量。请选择嵌入模型。</translation>
    </message>
    <message>
        <source>The file {path} is a model that can&apos;t rank texts. Choose a reranking model.</source>
        <translation>模型 {path} 不能给文本排序。请选择重排序模型。</translation>
    </message>
    <message>
        <source>Text {number} is longer than the model can read: {needed} of {available} tokens. Shorten it.</source>
        <translation>第 {number} 段文本超出模型能读取的长度：{needed} / {available} 个词元。请缩短它。</translation>
    </message>
    <message>
        <source>This is longer than the model can read: {needed} of {available} tokens. Shorten the message or start a new conversation.</source>
        <translation>超出模型的上下文长度：需要 {needed} 个词元，上限是 {available} 个。请缩短消息，或开始新对话。</translation>
    </message>
    <message>
        <source>The model {path} is not loaded. Load it and try again.</source>
        <translation>模型 {path} 未加载。请加载后重试。</translation>
    </message>
    <message>
        <source>The model could not go on with the answer. Try again.</source>
        <translation>模型无法继续生成回答。请重试。</translation>
    </message>
    <message>
        <source>The model gave no sign of life for {seconds} s and was started again. Try again.</source>
        <translation>模型 {seconds} 秒没有响应，已重新启动。请重试。</translation>
    </message>
    <message>
        <source>The model stopped {count} times in a row and is not started again by itself. Choose a smaller model, or try again.</source>
        <translation>模型连续停止了 {count} 次，不再自动启动。请选择更小的模型，或重试。</translation>
    </message>
    <message>
        <source>{path} could not be made smaller ({detail}). Choose another type or another model.</source>
        <translation>无法缩小 {path}（{detail}）。请选择其他类型或其他模型。</translation>
    </message>
    <message>
        <source>What {path} became as {kind} can&apos;t be used ({detail}) and was deleted. Choose another type.</source>
        <translation>{path} 转为 {kind} 的结果无法使用（{detail}），已删除。请选择其他类型。</translation>
    </message>
    <message>
        <source>The conversations in {path} were written by a newer version of Chatapp. Nothing was changed; update Chatapp to open them.</source>
        <translation>{path} 中的对话是由更新版本的 Chatapp 写入的。没有改动任何内容，请更新 Chatapp 后再打开。</translation>
    </message>
    <message>
        <source>The file with the conversations is damaged: {path}. Nothing was changed. Move it away to start afresh, or put a backup in its place.</source>
        <translation>存放对话的文件已损坏：{path}。没有改动任何内容。请移走它以重新开始，或用备份替换它。</translation>
    </message>
    <message>
        <source>Another program holds the conversations in {path}. Close it and try again.</source>
        <translation>另一个程序正在使用 {path} 中的对话。请关闭那个程序，然后重试。</translation>
    </message>
    <message>
        <source>The conversations in {path} can&apos;t be read or written ({detail}). Check the disk and try again.</source>
        <translation>无法读写 {path} 中的对话（{detail}）。请检查磁盘，然后重试。</translation>
    </message>
    <message>
        <source>This conversation was deleted meanwhile. Start a new one.</source>
        <translation>这个对话已被删除。请开始新对话。</translation>
    </message>
    <message>
        <source>{host} can&apos;t be reached ({detail}). Check the connection, or choose a mirror or a proxy in the settings.</source>
        <translation>无法连接 {host}（{detail}）。请检查网络，或在设置中选择镜像或代理。</translation>
    </message>
    <message>
        <source>{host} did not answer in {seconds} seconds. Try again, or choose a mirror in the settings.</source>
        <translation>{host} 在 {seconds} 秒内没有响应。请重试，或在设置中选择镜像。</translation>
    </message>
    <message>
        <source>{host} answered with error {status} ({detail}). Try again later.</source>
        <translation>{host} 返回错误 {status}（{detail}）。请稍后重试。</translation>
    </message>
    <message>
        <source>{host} did not answer as a Hub does ({detail}). Log in to the network, or check the endpoint in the settings.</source>
        <translation>{host} 的响应不是 Hub 的格式（{detail}）。请登录网络，或检查设置中的地址。</translation>
    </message>
    <message>
        <source>The certificate of {host} is not trusted ({detail}). Choose your network&apos;s CA file in the settings.</source>
        <translation>不信任 {host} 的证书（{detail}）。请在设置中选择你所在网络的 CA 文件。</translation>
    </message>
    <message>
        <source>{host} wants no more requests for {seconds} seconds. Try again then.</source>
        <translation>{host} 在 {seconds} 秒内不接受请求。请届时重试。</translation>
    </message>
    <message>
        <source>{host} wants an access token that it knows. Enter one in the settings.</source>
        <translation>{host} 需要有效的访问令牌。请在设置中输入。</translation>
    </message>
    <message>
        <source>Connections are turned off. Turn them on in the settings.</source>
        <translation>连接已关闭。请在设置中打开。</translation>
    </message>
    <message>
        <source>There is no repository {repo}, or it is private. Check the name, or enter an access token in the settings.</source>
        <translation>仓库 {repo} 不存在，或是私有的。请检查名称，或在设置中输入访问令牌。</translation>
    </message>
    <message>
        <source>{repo} is shared under conditions. Accept them on its page, then enter an access token in the settings.</source>
        <translation>{repo} 需要接受条件才能使用。请在其页面上接受，然后在设置中输入访问令牌。</translation>
    </message>
    <message>
        <source>{repo} has no file {file}. Choose another one.</source>
        <translation>{repo} 中没有文件 {file}。请选择其他文件。</translation>
    </message>
    <message>
        <source>{file} in {repo} was replaced since its download began. Start the download again.</source>
        <translation>{repo} 中的 {file} 在下载开始后已被替换。请重新开始下载。</translation>
    </message>
    <message>
        <source>What arrived for {path} is damaged. Start the download again.</source>
        <translation>收到的 {path} 数据已损坏。请重新开始下载。</translation>
    </message>
    <message>
        <source>{path} is being downloaded by another window. Wait until that is done.</source>
        <translation>{path} 正由另一个窗口下载。请等它完成。</translation>
    </message>
</context>
<context>
    <name>i18n</name>
    <message>
        <source>{first} {second}</source>
        <comment>two sentences</comment>
        <translation>{first}{second}</translation>
    </message>
</context>
<context>
    <name>library</name>
    <message>
        <source>Verified {time}</source>
        <translation>{time} 校验</translation>
    </message>
    <message>
        <source>chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>vision (not yet usable here)</source>
        <translation>视觉（此处尚不可用）</translation>
    </message>
    <message>
        <source>embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>vision part of another model (not yet usable here)</source>
        <translation>其他模型的视觉部分（此处尚不可用）</translation>
    </message>
    <message>
        <source>not for chatting</source>
        <translation>不用于对话</translation>
    </message>
    <message>
        <source>, </source>
        <comment>between the things that a model can do</comment>
        <translation>、</translation>
    </message>
    <message>
        <source>Added, used where it lies</source>
        <translation>已添加，在原位置使用</translation>
    </message>
    <message>
        <source>In LM Studio</source>
        <translation>在 LM Studio 中</translation>
    </message>
    <message>
        <source>In the Hugging Face cache</source>
        <translation>在 Hugging Face 缓存中</translation>
    </message>
    <message>
        <source>In Ollama</source>
        <translation>在 Ollama 中</translation>
    </message>
    <message>
        <source>In GPT4All</source>
        <translation>在 GPT4All 中</translation>
    </message>
    <message>
        <source>In Jan</source>
        <translation>在 Jan 中</translation>
    </message>
    <message>
        <source>Comes with Chatapp</source>
        <translation>Chatapp 自带</translation>
    </message>
    <message>
        <source>the Hugging Face cache</source>
        <translation>Hugging Face 缓存</translation>
    </message>
    <message>
        <source>Quantization</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Can do</source>
        <translation>能力</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>在这台电脑上</translation>
    </message>
    <message>
        <source>Speed measured here</source>
        <translation>本机实测速度</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存占用</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘占用</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Made from</source>
        <translation>源自</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>已校验</translation>
    </message>
    <message>
        <source>not yet</source>
        <translation>尚未</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>needs {need}, {available} free now</source>
        <translation>需要 {need}，当前空闲 {available}</translation>
    </message>
    <message>
        <source>{verdict}: {figures}</source>
        <translation>{verdict}：{figures}</translation>
    </message>
    <message>
        <source>Incomplete: {missing} of {total} files are missing</source>
        <translation>不完整：{total} 个文件中缺少 {missing} 个</translation>
    </message>
    <message>
        <source>Damaged: the file is not a complete GGUF model</source>
        <translation>已损坏：不是完整的 GGUF 模型</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>writes {write}, reads {read}</source>
        <translation>生成 {write}，读取 {read}</translation>
    </message>
    <message>
        <source>{used}, estimated {estimated}</source>
        <translation>{used}，估计 {estimated}</translation>
    </message>
    <message>
        <source>{size} in {count} files</source>
        <translation>{size}，{count} 个文件</translation>
    </message>
</context>
<context>
    <name>load_words</name>
    <message>
        <source>{count} of {of} layers on the GPU: the rest did not fit.</source>
        <translation>{of} 层中 {count} 层在显卡上：其余放不下。</translation>
    </message>
    <message>
        <source>The context is {count} tokens: {of} did not fit.</source>
        <translation>上下文为 {count} 个词元：{of} 个放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor: nothing of it fits on the GPU.</source>
        <translation>在处理器上运行：显卡上一层也放不下。</translation>
    </message>
    <message>
        <source>It runs on the processor: no GPU was found.</source>
        <translation>在处理器上运行：没有找到显卡。</translation>
    </message>
    <message>
        <source>It runs on the processor: this version of Chatapp can&apos;t use the GPU.</source>
        <translation>在处理器上运行：这个版本的 Chatapp 无法使用显卡。</translation>
    </message>
    <message>
        <source>Flash attention is off: this model can&apos;t use it here.</source>
        <translation>Flash Attention 已关闭：这个模型在这里无法使用。</translation>
    </message>
    <message>
        <source>The draft model can&apos;t be loaded: answers are written without it.</source>
        <translation>无法加载草稿模型：回答时不使用它。</translation>
    </message>
    <message>
        <source>The draft model is not used: it can&apos;t help this model as it is loaded.</source>
        <translation>未使用草稿模型：按当前的加载方式，它帮不上忙。</translation>
    </message>
    <message>
        <source>On the processor only</source>
        <translation>仅在处理器上</translation>
    </message>
    <message>
        <source>On the GPU</source>
        <translation>在显卡上</translation>
    </message>
    <message>
        <source>{count} of {of} layers on the GPU</source>
        <translation>{of} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>On the processor</source>
        <translation>在处理器上</translation>
    </message>
    <message>
        <source>Context {count}</source>
        <translation>上下文 {count}</translation>
    </message>
    <message>
        <source>{count} threads</source>
        <translation>{count} 个线程</translation>
    </message>
    <message>
        <source>1 thread</source>
        <translation>1 个线程</translation>
    </message>
</context>
<context>
    <name>offers</name>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>{speed} measured here</source>
        <translation>本机实测 {speed}</translation>
    </message>
    <message>
        <source>Accept the terms first</source>
        <translation>先接受条款</translation>
    </message>
    <message>
        <source>{parameters} parameters, {context}.</source>
        <translation>{parameters} 参数，{context}。</translation>
    </message>
    <message>
        <source>{parameters} parameters.</source>
        <translation>{parameters} 参数。</translation>
    </message>
    <message>
        <source>{count} downloads last month.</source>
        <translation>上月下载 {count} 次。</translation>
    </message>
    <message>
        <source>Multilingual</source>
        <translation>多语言</translation>
    </message>
    <message>
        <source>Chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
    <message>
        <source>Vision</source>
        <translation>视觉</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>嵌入</translation>
    </message>
    <message>
        <source>{type} + vision</source>
        <comment>files that belong together</comment>
        <translation>{type} + 视觉</translation>
    </message>
    <message>
        <source>Estimated from its size</source>
        <translation>按大小估计</translation>
    </message>
    <message>
        <source>Needs {need}, {free} are free</source>
        <translation>需要 {need}，空闲 {free}</translation>
    </message>
    <message>
        <source>Fits the GPU entirely</source>
        <translation>可全部放进显卡</translation>
    </message>
    <message>
        <source>{count} of {all} layers on the GPU</source>
        <translation>{all} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>Fits with {size} to spare</source>
        <translation>合适，剩余 {size}</translation>
    </message>
    <message>
        <source>Just fits with {size} to spare</source>
        <translation>勉强，剩余 {size}</translation>
    </message>
    <message>
        <source>{size} too much</source>
        <translation>超出 {size}</translation>
    </message>
    <message>
        <source>Fully on GPU</source>
        <translation>全部在显卡上</translation>
    </message>
    <message>
        <source>{count} of {all} layers on GPU</source>
        <translation>{all} 层中 {count} 层在显卡上</translation>
    </message>
    <message>
        <source>{size} to spare</source>
        <translation>剩余 {size}</translation>
    </message>
    <message>
        <source>{type}: {better} would be better, but is too large here</source>
        <translation>{type}：{better} 更好，但对这台电脑太大</translation>
    </message>
    <message>
        <source>{type} is the only file there is</source>
        <translation>{type} 是唯一的文件</translation>
    </message>
    <message>
        <source>{type}: the best balance of quality and size</source>
        <translation>{type}：质量与大小最均衡</translation>
    </message>
    <message>
        <source>{type}: small models need more bits to keep their quality</source>
        <translation>{type}：小模型需要更高精度才能保持质量</translation>
    </message>
    <message>
        <source>{type}: larger files do not fit</source>
        <translation>{type}：更大的文件放不下</translation>
    </message>
    <message>
        <source>{type}: no better file fits more easily</source>
        <translation>{type}：没有更好且更容易放下的文件</translation>
    </message>
    <message>
        <source>{type}: more precise files do not fit</source>
        <translation>{type}：更高精度的文件放不下</translation>
    </message>
    <message>
        <source>{type}: the smallest file, and still too large</source>
        <translation>{type}：最小的文件，仍然太大</translation>
    </message>
    <message>
        <source>It needs {need}, and {free} are free.</source>
        <translation>需要 {need}，空闲 {free}。</translation>
    </message>
    <message>
        <source>All {count} layers run on the GPU.</source>
        <translation>全部 {count} 层在显卡上运行。</translation>
    </message>
    <message>
        <source>{count} of {all} layers run on the GPU, the others on the processor.</source>
        <translation>{all} 层中 {count} 层在显卡上运行，其余在处理器上。</translation>
    </message>
    <message>
        <source>With {count} context there is room.</source>
        <translation>上下文设为 {count} 就放得下。</translation>
    </message>
    <message>
        <source>With {bits} context memory there is room.</source>
        <translation>上下文精度设为 {bits} 就放得下。</translation>
    </message>
    <message>
        <source>{type} is smaller and fits.</source>
        <translation>{type} 更小，放得下。</translation>
    </message>
    <message>
        <source>Closing other programs makes room.</source>
        <translation>关闭其他程序可以腾出空间。</translation>
    </message>
    <message>
        <source>Choose a smaller model.</source>
        <translation>请选择更小的模型。</translation>
    </message>
    <message>
        <source>At {count} context {layers} layers move to main memory.</source>
        <translation>上下文为 {count} 时，{layers} 层会移到内存。</translation>
    </message>
    <message>
        <source>At {tight} context it is tight, at {large} too large.</source>
        <translation>上下文为 {tight} 时勉强，{large} 时太大。</translation>
    </message>
    <message>
        <source>At {count} context it is tight.</source>
        <translation>上下文为 {count} 时勉强。</translation>
    </message>
    <message>
        <source>At {count} context it is too large.</source>
        <translation>上下文为 {count} 时太大。</translation>
    </message>
    <message>
        <source>It fits with its full context of {count} tokens, too.</source>
        <translation>使用全部 {count} 个词元的上下文也合适。</translation>
    </message>
    <message>
        <source>This is with its full context of {count} tokens.</source>
        <translation>这是使用全部 {count} 个词元上下文的结果。</translation>
    </message>
    <message>
        <source>16-bit</source>
        <translation>16 位</translation>
    </message>
    <message>
        <source>8-bit</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>4-bit</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>Exact size and fit need a connection</source>
        <translation>连接网络后才能得知准确大小和是否合适</translation>
    </message>
    <message>
        <source>Nothing is known of it</source>
        <translation>没有它的信息</translation>
    </message>
    <message>
        <source>No file that can be used here</source>
        <translation>没有可用的文件</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>{done} of {size}</source>
        <comment>2.16 of 5.03 GB</comment>
        <translation>{done} / {size}</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{count} days</source>
        <translation>{count} 天</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
    <message>
        <source>yesterday {time}</source>
        <translation>昨天 {time}</translation>
    </message>
    <message>
        <source>1-bit, last resort</source>
        <translation>1 位，不得已才用</translation>
    </message>
    <message>
        <source>2-bit, last resort</source>
        <translation>2 位，不得已才用</translation>
    </message>
    <message>
        <source>3-bit, noticeably weaker</source>
        <translation>3 位，明显变差</translation>
    </message>
    <message>
        <source>4-bit, good quality</source>
        <translation>4 位，质量好</translation>
    </message>
    <message>
        <source>5-bit, very good quality</source>
        <translation>5 位，质量很好</translation>
    </message>
    <message>
        <source>6-bit, excellent quality</source>
        <translation>6 位，质量极好</translation>
    </message>
    <message>
        <source>8-bit, practically lossless</source>
        <translation>8 位，几乎无损</translation>
    </message>
    <message>
        <source>16-bit, original</source>
        <translation>16 位，原始精度</translation>
    </message>
    <message>
        <source>32-bit, original</source>
        <translation>32 位，原始精度</translation>
    </message>
    <message>
        <source>{count} context</source>
        <comment>a model&apos;s, in tokens</comment>
        <translation>{count} 上下文</translation>
    </message>
    <message>
        <source>{count} billion</source>
        <translation>{count}B</translation>
    </message>
    <message>
        <source>{count} million</source>
        <translation>{count}M</translation>
    </message>
    <message>
        <source>Gemma terms</source>
        <translation>Gemma 条款</translation>
    </message>
    <message>
        <source>Llama {version} licence</source>
        <translation>Llama {version} 许可证</translation>
    </message>
    <message>
        <source>licence of its own</source>
        <translation>自有许可证</translation>
    </message>
</context>
</TS>
